package io.stratoswarm.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import java.util.Properties;

/**
 * Sets up logging from code, since reading an XML file costs a tenth of a second of the start. Everything goes to the file
 * DATA/logs/daemon.log, which rolls; what needs an operator's eye goes to standard error as well.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** System property: path of the log file; without it there is only standard error. */
    static final String FILE = "stratoswarm.log.file";
    /** System property: level of everything; and, with a dot and a logger's name behind it, of that logger. */
    static final String LEVEL = "stratoswarm.log.level";
    /** System property: what also goes to standard error. */
    static final String CONSOLE_LEVEL = "stratoswarm.log.console";

    private static final String MAX_FILE_SIZE = "10MB";
    private static final int KEPT_FILES = 4;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Properties properties = System.getProperties();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(properties.getProperty(LEVEL), Level.INFO));
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(LEVEL + ".")) {
                context.getLogger(name.substring(LEVEL.length() + 1))
                        .setLevel(Level.toLevel(properties.getProperty(name), Level.INFO));
            }
        }
        root.addAppender(console(context, Level.toLevel(properties.getProperty(CONSOLE_LEVEL), Level.WARN)));
        String file = properties.getProperty(FILE, "");
        if (!file.isEmpty()) {
            root.addAppender(file(context, file));
        }
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static ConsoleAppender<ILoggingEvent> console(LoggerContext context, Level level) {
        ThresholdFilter threshold = new ThresholdFilter();
        threshold.setLevel(level.toString());
        threshold.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("console");
        console.setTarget("System.err");
        console.addFilter(threshold);
        console.setEncoder(encoder(context, "%-5level %logger{1}: %msg%n%nopex"));
        console.start();
        return console;
    }

    private static RollingFileAppender<ILoggingEvent> file(LoggerContext context, String path) {
        RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
        file.setContext(context);
        file.setName("file");
        file.setFile(path);
        file.setEncoder(encoder(context, "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger: %msg%n"));
        FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
        window.setContext(context);
        window.setParent(file);
        window.setFileNamePattern(path + ".%i");
        window.setMinIndex(1);
        window.setMaxIndex(KEPT_FILES);
        window.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(FileSize.valueOf(MAX_FILE_SIZE));
        size.start();
        file.setRollingPolicy(window);
        file.setTriggeringPolicy(size);
        file.start();
        return file;
    }

    private static PatternLayoutEncoder encoder(LoggerContext context, String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        return encoder;
    }
}
