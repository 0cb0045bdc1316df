package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Place;
import io.stratoswarm.graphops.language.Words.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Makes values of what was written: parameters resolved, and never more text than a manifest may have. */
final class Values {
    /** Parameters in parameters could else grow without end. */
    static final long MAX_EXPANDED = 16L << 20;

    private final Messages messages;
    private final Supplier<Scope> scope;
    private final BiFunction<Syntax.Block, Kind, GraphTree.Obj> blocks;
    private long left = MAX_EXPANDED;

    /** @param blocks makes an object of a block */
    Values(Messages messages, Supplier<Scope> scope, BiFunction<Syntax.Block, Kind, GraphTree.Obj> blocks) {
        this.messages = messages;
        this.scope = scope;
        this.blocks = blocks;
    }

    GraphTree of(Syntax.Value value, Kind kind) {
        return switch (value) {
            case Syntax.Bare bare -> bare(bare);
            case Syntax.Quoted quoted -> new GraphTree.Text(quoted.place(), text(quoted));
            case Syntax.Reference reference -> reference(reference);
            case Syntax.ListOf list -> {
                List<GraphTree> items = new ArrayList<>(list.items().size());
                list.items().forEach(item -> items.add(of(item, kind)));
                yield new GraphTree.Arr(list.place(), items);
            }
            case Syntax.Block block -> blocks.apply(block, kind);
        };
    }

    private static GraphTree bare(Syntax.Bare bare) {
        String text = bare.text();
        if (bare.number()) {
            boolean integer = text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
            return new GraphTree.Num(bare.place(), text, integer);
        }
        return switch (text) {
            case "true", "false" -> new GraphTree.Bool(bare.place(), text.equals("true"));
            case "null" -> new GraphTree.Null(bare.place());
            default -> new GraphTree.Text(bare.place(), text);
        };
    }

    /** The value as text, numbers and words as they stand; empty, with a problem reported, where it is a list or a block. */
    Optional<String> asText(Syntax.Value value) {
        return switch (value) {
            case Syntax.Bare bare -> Optional.of(bare.text());
            case Syntax.Quoted quoted -> Optional.of(text(quoted));
            case Syntax.Reference reference -> scalar(reference.place(), reference.name());
            case Syntax.ListOf list -> wrong(list.place());
            case Syntax.Block block -> wrong(block.place());
        };
    }

    private Optional<String> wrong(Place place) {
        messages.error(place, "expected a text or a number here, not a list or a block");
        return Optional.empty();
    }

    private String text(Syntax.Quoted quoted) {
        String text = Quotes.resolve(quoted, messages, this::scalar);
        return spend(quoted.place(), text.length()) ? text : "";
    }

    /** A parameter inside of a text. */
    private Optional<String> scalar(Place place, String name) {
        Optional<GraphTree> found = find(place, name);
        Optional<String> text = found.flatMap(value -> switch (value) {
            case GraphTree.Text it -> Optional.of(it.value());
            case GraphTree.Num it -> Optional.of(it.text());
            case GraphTree.Bool it -> Optional.of(String.valueOf(it.value()));
            default -> {
                messages.error(
                        place, "the parameter '" + name + "' is " + value.kind() + ", which is not possible in a text");
                yield Optional.empty();
            }
        });
        return text.filter(it -> spend(place, it.length()));
    }

    private GraphTree reference(Syntax.Reference reference) {
        return find(reference.place(), reference.name())
                .map(value -> placed(value, reference.place()))
                .orElseGet(() -> new GraphTree.Null(reference.place()));
    }

    private Optional<GraphTree> find(Place place, String name) {
        Optional<GraphTree> found = scope.get().find(name);
        if (found.isEmpty()) {
            messages.error(
                    place,
                    "there is no parameter '" + Messages.clip(name, 60) + "'"
                            + Messages.hint(
                                    name,
                                    scope.get().names(),
                                    "; declare it before it is used: param " + Messages.clip(name, 60) + " = ..."));
        }
        return found;
    }

    /** The value as if it stood at this place. */
    private GraphTree placed(GraphTree value, Place place) {
        if (!spend(place, 1)) {
            return new GraphTree.Null(place);
        }
        return switch (value) {
            case GraphTree.Text text ->
                spend(place, text.value().length()) ? new GraphTree.Text(place, text.value()) : text;
            case GraphTree.Num number -> new GraphTree.Num(place, number.text(), number.integer());
            case GraphTree.Bool flag -> new GraphTree.Bool(place, flag.value());
            case GraphTree.Null none -> new GraphTree.Null(place);
            case GraphTree.Arr array -> {
                List<GraphTree> items = new ArrayList<>();
                array.items().forEach(item -> items.add(placed(item, place)));
                yield new GraphTree.Arr(place, items);
            }
            case GraphTree.Obj object -> {
                List<GraphTree.Member> members = new ArrayList<>();
                object.members()
                        .forEach(it -> members.add(new GraphTree.Member(place, it.key(), placed(it.value(), place))));
                yield new GraphTree.Obj(place, members);
            }
        };
    }

    private boolean spend(Place place, long amount) {
        if (left < 0) {
            return false;
        }
        left -= amount;
        if (left < 0) {
            messages.error(place, "with its parameters the manifest grows beyond " + (MAX_EXPANDED >> 20) + " MiB");
            return false;
        }
        return true;
    }

    boolean exhausted() {
        return left < 0;
    }
}
