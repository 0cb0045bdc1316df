package io.stratoswarm.core.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One mounted cgroup hierarchy.
 *
 * @param version 1 or 2
 * @param controllers what it controls here; on version 2 what may be handed to children
 * @param own this process's own group as a folder of the mounted file system
 */
record CgroupTree(int version, List<String> controllers, Path own) {

    /** The hierarchies in which this process is, from {@code /proc/self/mountinfo} and {@code /proc/self/cgroup}. */
    static List<CgroupTree> find(List<String> mountInfo, List<String> membership) {
        List<CgroupTree> trees = new ArrayList<>();
        for (String line : mountInfo) {
            int dash = line.indexOf(" - ");
            String[] left = line.substring(0, Math.max(dash, 0)).split(" ");
            String[] right = line.substring(dash + 3).split(" ");
            if (dash < 0 || left.length < 5 || right.length < 3) {
                continue;
            }
            for (String member : membership) {
                String[] part = member.split(":", 3);
                boolean two = right[0].equals("cgroup2") && part[0].equals("0") && part[1].isEmpty();
                boolean one = right[0].equals("cgroup")
                        && !part[1].isEmpty()
                        && List.of(right[2].split(",")).containsAll(List.of(part[1].split(",")));
                if (two || one) {
                    Path own = below(Path.of(unescape(left[4])), unescape(left[3]), part[2]);
                    trees.add(new CgroupTree(two ? 2 : 1, two ? offered(own) : List.of(part[1].split(",")), own));
                }
            }
        }
        return trees;
    }

    private static Path below(Path mount, String root, String path) {
        String relative = !root.equals("/") && path.startsWith(root) ? path.substring(root.length()) : path;
        return mount.resolve(relative.startsWith("/") ? relative.substring(1) : relative)
                .normalize();
    }

    private static String unescape(String field) {
        return field.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }

    private static List<String> offered(Path own) {
        try {
            String text = Files.readString(own.resolve("cgroup.controllers")).trim();
            return text.isEmpty() ? List.of() : List.of(text.split(" "));
        } catch (IOException notMounted) {
            return List.of();
        }
    }
}
