package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** {@link Settings} of the framework's Config Admin. File Install writes changes back to the files they came from. */
final class ConfigAdminSettings implements Settings {
    private final ConfigurationAdmin admin;

    ConfigAdminSettings(ConfigurationAdmin admin) {
        this.admin = admin;
    }

    @Override
    public List<String> pids() {
        return all().stream().map(Configuration::getPid).sorted().toList();
    }

    @Override
    public Optional<Map<String, Object>> get(String pid) {
        return find(pid).map(ConfigAdminSettings::map);
    }

    @Override
    public void put(String pid, Map<String, Object> properties) {
        try {
            Configuration configuration = find(pid).orElse(null);
            if (configuration == null) {
                configuration = admin.getConfiguration(pid, "?");
            }
            Dictionary<String, Object> table = new Hashtable<>();
            properties.forEach((key, value) -> table.put(key, value instanceof List<?> items ? strings(items) : value));
            configuration.update(table);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "the configuration '" + pid + "' could not be stored: " + e.getMessage(), e);
        }
    }

    private static Object strings(List<?> items) {
        return items.stream().map(String::valueOf).toArray(String[]::new);
    }

    private Optional<Configuration> find(String pid) {
        return all().stream().filter(found -> found.getPid().equals(pid)).findFirst();
    }

    private List<Configuration> all() {
        try {
            Configuration[] found = admin.listConfigurations(null);
            return found == null ? List.of() : Arrays.asList(found);
        } catch (IOException | InvalidSyntaxException e) {
            throw new StratoswarmException(Kind.SYSTEM, "the configurations could not be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> map(Configuration configuration) {
        Map<String, Object> found = new LinkedHashMap<>();
        Dictionary<String, Object> properties = configuration.getProperties();
        if (properties != null) {
            Collections.list(properties.keys()).forEach(key -> found.put(key, properties.get(key)));
        }
        return found;
    }
}
