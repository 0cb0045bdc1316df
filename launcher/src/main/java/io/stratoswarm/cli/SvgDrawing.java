package io.stratoswarm.cli;

import io.stratoswarm.cli.GraphDrawing.Arrow;
import io.stratoswarm.cli.GraphDrawing.Box;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A drawing without any other program. Boxes stand in layers from left to right, each behind everything that leads to it; in each
 * layer they are ordered by the middle of their neighbours, a few times to and fro, which keeps most arrows from crossing.
 */
final class SvgDrawing {
    private static final int BOX_HEIGHT = 36;
    private static final int CHARACTER = 8;
    private static final int PADDING = 24;
    private static final int GAP = 24;
    private static final int LAYER_GAP = 110;
    private static final int MARGIN = 20;
    private static final int SWEEPS = 6;

    private final GraphDrawing drawing;
    private final Map<String, Integer> layerOf = new LinkedHashMap<>();
    private final List<List<Box>> layers = new ArrayList<>();
    private final Map<String, Double> order = new HashMap<>();
    private final Map<String, int[]> corners = new HashMap<>();
    private int width;
    private int height;

    private SvgDrawing(GraphDrawing drawing) {
        this.drawing = drawing;
    }

    static String of(GraphDrawing drawing) {
        SvgDrawing svg = new SvgDrawing(drawing);
        svg.findLayers();
        svg.findOrder();
        svg.place();
        return svg.render();
    }

    /** Longest paths. Flows and dependencies may together form a cycle; so there are at most as many rounds as boxes. */
    private void findLayers() {
        Map<String, Box> boxes = new LinkedHashMap<>();
        drawing.boxes().forEach(box -> {
            boxes.put(box.id(), box);
            layerOf.put(box.id(), 0);
        });
        Map<String, List<String>> next = new HashMap<>();
        Map<String, Integer> before = new HashMap<>();
        for (Arrow arrow : drawing.arrows()) {
            next.computeIfAbsent(arrow.from(), key -> new ArrayList<>()).add(arrow.to());
            before.merge(arrow.to(), 1, Integer::sum);
        }
        List<String> free = new ArrayList<>();
        layerOf.keySet().stream().filter(id -> !before.containsKey(id)).forEach(free::add);
        for (int i = 0; i < free.size(); i++) {
            String from = free.get(i);
            for (String to : next.getOrDefault(from, List.of())) {
                layerOf.merge(to, layer(from) + 1, Math::max);
                if (before.merge(to, -1, Integer::sum) == 0) {
                    free.add(to);
                }
            }
        }
        boxes.values().forEach(box -> {
            while (layers.size() <= layer(box.id())) {
                layers.add(new ArrayList<>());
            }
            layers.get(layer(box.id())).add(box);
        });
    }

    private int layer(String id) {
        return layerOf.getOrDefault(id, 0);
    }

    private void findOrder() {
        Map<String, List<String>> neighbours = new HashMap<>();
        for (Arrow arrow : drawing.arrows()) {
            neighbours.computeIfAbsent(arrow.from(), key -> new ArrayList<>()).add(arrow.to());
            neighbours.computeIfAbsent(arrow.to(), key -> new ArrayList<>()).add(arrow.from());
        }
        layers.forEach(this::number);
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            boolean forward = sweep % 2 == 0;
            for (int i = 0; i < layers.size(); i++) {
                int index = forward ? i : layers.size() - 1 - i;
                int beside = forward ? index - 1 : index + 1;
                List<Box> layer = layers.get(index);
                Map<String, Double> middle = new HashMap<>();
                layer.forEach(box -> middle.put(
                        box.id(),
                        neighbours.getOrDefault(box.id(), List.of()).stream()
                                .filter(id -> layer(id) == beside)
                                .mapToDouble(id -> order.getOrDefault(id, 0.0))
                                .average()
                                .orElse(order.getOrDefault(box.id(), 0.0))));
                layer.sort(java.util.Comparator.comparingDouble(box -> middle.getOrDefault(box.id(), 0.0)));
                number(layer);
            }
        }
    }

    private void number(List<Box> layer) {
        for (int i = 0; i < layer.size(); i++) {
            order.put(layer.get(i).id(), (double) i);
        }
    }

    private static int width(Box box) {
        return box.label().length() * CHARACTER + PADDING;
    }

    private void place() {
        int most = layers.stream().mapToInt(List::size).max().orElse(0);
        height = most * (BOX_HEIGHT + GAP) - GAP + 2 * MARGIN;
        int x = MARGIN;
        for (List<Box> layer : layers) {
            int widest = layer.stream().mapToInt(SvgDrawing::width).max().orElse(0);
            int y = (height - layer.size() * (BOX_HEIGHT + GAP) + GAP) / 2;
            for (Box box : layer) {
                corners.put(box.id(), new int[] {x + (widest - width(box)) / 2, y, width(box)});
                y += BOX_HEIGHT + GAP;
            }
            x += widest + LAYER_GAP;
        }
        width = x - LAYER_GAP + MARGIN;
    }

    private int[] corner(String id) {
        return corners.getOrDefault(id, new int[] {0, 0, 0});
    }

    private String render() {
        StringBuilder out = new StringBuilder();
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                .formatted(width, height, width, height));
        out.append(" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n");
        out.append("<title>").append(escape("graph " + drawing.name())).append("</title>\n");
        out.append("""
                <style>
                  .box { fill: #f4f6f8; stroke: #33475b; } .source, .sink { fill: #e3f1e5; } .script { fill: #fdf3dc; }
                  .flow { stroke: #1f6feb; } .wait { stroke: #7a8794; stroke-dasharray: 4 3; }
                  .arrow { fill: none; stroke-width: 1.4; } .note { fill: #57606a; font-size: 10px; }
                </style>
                <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
                <path d="M0 0 L8 4 L0 8 z" fill="#57606a"/></marker></defs>
                """);
        drawing.arrows().forEach(arrow -> arrow(out, arrow));
        drawing.boxes().forEach(box -> box(out, box));
        return out.append("</svg>\n").toString();
    }

    private void arrow(StringBuilder out, Arrow arrow) {
        int[] from = corner(arrow.from());
        int[] to = corner(arrow.to());
        int startX = from[0] + from[2];
        int startY = from[1] + BOX_HEIGHT / 2;
        int endX = to[0];
        int endY = to[1] + BOX_HEIGHT / 2;
        int bend = Math.max(30, Math.abs(endX - startX) / 2);
        out.append(
                "<path class=\"arrow %s\" marker-end=\"url(#tip)\" d=\"M%d %d C%d %d %d %d %d %d\"><title>%s</title></path>\n"
                        .formatted(
                                arrow.flow() ? "flow" : "wait",
                                startX,
                                startY,
                                startX + bend,
                                startY,
                                endX - bend,
                                endY,
                                endX,
                                endY,
                                escape(arrow.from() + " -> " + arrow.to() + ": " + arrow.label())));
        out.append("<text class=\"note\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text>\n"
                .formatted((startX + endX) / 2, (startY + endY) / 2 - 4, escape(arrow.label())));
    }

    private void box(StringBuilder out, Box box) {
        int[] corner = corner(box.id());
        String kind = box.type().contains(".") ? "plugin" : box.type().toLowerCase(Locale.ROOT);
        int round = kind.equals("source") || kind.equals("sink") ? BOX_HEIGHT / 2 : 4;
        out.append("<rect class=\"box %s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>\n"
                .formatted(kind, corner[0], corner[1], corner[2], BOX_HEIGHT, round));
        out.append("<text text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text>\n"
                .formatted(corner[0] + corner[2] / 2, corner[1] + BOX_HEIGHT / 2 + 5, escape(box.label())));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
