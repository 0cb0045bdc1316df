package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Case;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Rate;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.GraphTree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads flows as they are written; {@link FlowChecks} then checks them against the nodes. */
final class FlowReader {
    static final int MAX_FLOWS = 20_000;
    static final String DEFAULT_ACK_CHANNEL = "ack";
    private static final long DEFAULT_RECORD = 1 << 20;
    private static final long DEFAULT_BUFFER = 1 << 20;
    private static final long MAX_BUFFER = 1L << 40;
    private static final Pattern RECORDS = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)/s");

    /** The words of a manifest. */
    enum Contract {
        AT_MOST_ONCE,
        AT_LEAST_ONCE
    }

    enum AckWord {
        CHANNEL,
        ONE_TO_ONE,
        ON_EOF
    }

    enum Route {
        COPY,
        ROUND_ROBIN,
        LEAST_LOADED,
        KEY_HASH,
        PREDICATE
    }

    /** A flow as read, with the fields for the places of what is checked later. */
    record Draft(
            Fields fields,
            String id,
            Optional<End> from,
            List<PlacedEnd> to,
            Optional<String> data,
            Optional<String> result,
            List<TransformReader.Placed> transforms,
            Optional<Rate> rate,
            Framing framing,
            long maxRecordBytes,
            long bufferBytes,
            Delivery delivery,
            Optional<Routing> routing,
            Map<String, String> labels) {}

    record PlacedEnd(GraphTree.Place place, End end) {}

    private final Problems problems;
    private final ConditionReader conditions;
    private final TransformReader transforms;

    FlowReader(Problems problems) {
        this.problems = problems;
        this.conditions = new ConditionReader(problems);
        this.transforms = new TransformReader(problems, conditions);
    }

    List<Draft> read(Fields graph) {
        List<Draft> drafts = new ArrayList<>();
        List<GraphTree> items = graph.array("flows").orElse(List.of());
        if (items.size() > MAX_FLOWS) {
            problems.error(
                    items.get(MAX_FLOWS).place(),
                    "a graph has at most " + MAX_FLOWS + " flows; this one has " + items.size());
            return drafts;
        }
        for (GraphTree item : items) {
            if (item instanceof GraphTree.Obj object) {
                drafts.add(flow(new Fields(problems, object, "a flow", Keys.FLOW)));
            } else {
                problems.error(item.place(), "a flow is an object with \"from\" and \"to\", not " + item.kind());
            }
        }
        return drafts;
    }

    private Draft flow(Fields flow) {
        flow.require("from", "\"ingest\"");
        flow.require("to", "\"parse\"");
        Optional<End> from = flow.text("from").flatMap(text -> end(flow.place("from"), "from", text, Channel.STDOUT));
        List<PlacedEnd> to = targets(flow);
        String id = flow.text("id").orElseGet(() -> usualId(from, to));
        if (flow.has("id")) {
            flow.text("id").ifPresent(text -> Names.check(problems, flow.place("id"), "id", text));
        } else if (id.length() > 63) {
            problems.error(flow.place(), "the flow needs an 'id', since '" + id + "' would be too long for one");
        }
        Framing framing = flow.word("framing", Framing.class).orElse(Framing.LINES);
        return new Draft(
                flow,
                id,
                from,
                to,
                flow.text("data"),
                flow.text("result"),
                transforms.read(flow),
                rate(flow),
                framing,
                flow.size("maxRecord", 1).orElse(DEFAULT_RECORD),
                buffer(flow),
                delivery(flow),
                routing(flow),
                Names.labels(problems, flow));
    }

    private static String usualId(Optional<End> from, List<PlacedEnd> to) {
        if (from.isEmpty() || to.isEmpty()) {
            return "";
        }
        return from.get().node() + "-" + to.getFirst().end().node();
    }

    private long buffer(Fields flow) {
        long bytes = flow.size("buffer", 1).orElse(DEFAULT_BUFFER);
        if (bytes > MAX_BUFFER) {
            problems.error(flow.place("buffer"), "'buffer' must be at most 1TiB");
        }
        return bytes;
    }

    private List<PlacedEnd> targets(Fields flow) {
        Optional<GraphTree> value = flow.value("to");
        List<GraphTree> items = value.map(to -> to instanceof GraphTree.Arr array ? array.items() : List.of(to))
                .orElse(List.of());
        if (value.isPresent() && items.isEmpty()) {
            problems.error(flow.place("to"), "'to' names no node");
        }
        List<PlacedEnd> ends = new ArrayList<>();
        for (GraphTree item : items) {
            if (item instanceof GraphTree.Text text) {
                end(item.place(), "to", text.value(), Channel.STDIN)
                        .ifPresent(end -> ends.add(new PlacedEnd(item.place(), end)));
            } else {
                flow.wrongType("to", item, "the id of a node, or an array of them");
            }
        }
        return ends;
    }

    private Optional<End> end(GraphTree.Place place, String key, String text, String usual) {
        String[] parts = text.split("\\.", -1);
        boolean good = parts.length <= 2 && Names.good(parts[0]) && (parts.length == 1 || Names.good(parts[1]));
        if (!good) {
            problems.error(
                    place,
                    "'" + key + "' must be the id of a node, or one with a channel such as \"parse.errors\", not '"
                            + Problems.clip(text, 80) + "'");
            return Optional.empty();
        }
        return Optional.of(new End(parts[0], parts.length == 2 ? parts[1] : usual));
    }

    private Optional<Rate> rate(Fields flow) {
        Optional<Rate> rate = flow.text("rate").flatMap(text -> {
            var records = RECORDS.matcher(text);
            boolean ofRecords = records.matches();
            OptionalLong bytes = Units.bytesPerSecond(text);
            double perSecond = ofRecords
                    ? new BigDecimal(records.group(1)).doubleValue()
                    : bytes.isPresent() ? bytes.getAsLong() : 0;
            if (perSecond <= 0) {
                problems.error(
                        flow.place("rate"),
                        "'rate' must be records a second such as \"1000/s\", or bytes such as \"16MiB/s\", more than"
                                + " none, not '" + Problems.clip(text, 60) + "'");
                return Optional.empty();
            }
            return Optional.of(new Rate(!ofRecords, perSecond, flow.size("burst", 1)));
        });
        if (flow.has("burst") && !flow.has("rate")) {
            problems.error(flow.keyPlace("burst"), "'burst' is only for a flow with a 'rate'");
        }
        return rate;
    }

    private Delivery delivery(Fields flow) {
        Contract contract = flow.word("delivery", Contract.class).orElse(Contract.AT_MOST_ONCE);
        Optional<AckWord> ack = flow.word("ack", AckWord.class);
        if (flow.has("ackChannel")
                && ack.filter(word -> word == AckWord.CHANNEL).isEmpty()) {
            problems.error(flow.keyPlace("ackChannel"), "'ackChannel' is only for \"ack\": \"channel\"");
        }
        if (contract == Contract.AT_MOST_ONCE) {
            if (flow.has("ack")) {
                problems.error(
                        flow.keyPlace("ack"),
                        "'ack' is only for \"delivery\": \"at-least-once\"; add that or remove it");
            }
            return new Delivery.AtMostOnce();
        }
        if (!flow.has("ack")) {
            problems.error(
                    flow.place("delivery"),
                    "at-least-once needs an 'ack', since bytes in a pipe say nothing about what was done with them: channel"
                            + " (ids of records on a channel), one-to-one (one record out for each in) or on-eof");
        }
        String channel = flow.text("ackChannel").orElse(DEFAULT_ACK_CHANNEL);
        Names.check(problems, flow.place("ackChannel"), "ackChannel", channel);
        return new Delivery.AtLeastOnce(
                switch (ack.orElse(AckWord.ON_EOF)) {
                    case CHANNEL -> new Ack.OnChannel(channel);
                    case ONE_TO_ONE -> new Ack.OneToOne();
                    case ON_EOF -> new Ack.OnEof();
                });
    }

    private Optional<Routing> routing(Fields flow) {
        Optional<Route> route = flow.word("route", Route.class);
        boolean byKey = route.filter(word -> word == Route.KEY_HASH).isPresent();
        boolean byCase = route.filter(word -> word == Route.PREDICATE).isPresent();
        if (flow.has("key") && !byKey) {
            problems.error(flow.keyPlace("key"), "'key' is only for \"route\": \"key-hash\"");
        }
        if (flow.has("cases") && !byCase) {
            problems.error(flow.keyPlace("cases"), "'cases' are only for \"route\": \"predicate\"");
        }
        if (byKey) {
            flow.require("key", "\"user.id\"");
        }
        if (byCase) {
            flow.require("cases", "[{\"to\": \"alerts\", \"when\": {\"field\": \"level\", \"equals\": \"error\"}}]");
        }
        return route.flatMap(word -> switch (word) {
            case COPY -> Optional.of(new Routing.Copy());
            case ROUND_ROBIN -> Optional.of(new Routing.RoundRobin());
            case LEAST_LOADED -> Optional.of(new Routing.LeastLoaded());
            case KEY_HASH ->
                flow.text("key")
                        .filter(key -> conditions.checkField(flow.place("key"), "key", key))
                        .map(Routing.KeyHash::new);
            case PREDICATE -> Optional.of(new Routing.Predicate(cases(flow)));
        });
    }

    private List<Case> cases(Fields flow) {
        List<Case> cases = new ArrayList<>();
        List<GraphTree> items = flow.array("cases").orElse(List.of());
        for (int i = 0; i < items.size(); i++) {
            if (!(items.get(i) instanceof GraphTree.Obj object)) {
                problems.error(
                        items.get(i).place(),
                        "a case is an object with \"to\", not " + items.get(i).kind());
                continue;
            }
            Fields fields = new Fields(problems, object, "a case", Keys.CASE);
            fields.require("to", "\"alerts\"");
            Optional<Condition> when = fields.value("when").flatMap(conditions::read);
            if (!fields.has("when") && i < items.size() - 1) {
                problems.error(
                        object.place(), "a case without a condition takes everything, so it must be the last one");
            }
            fields.text("to")
                    .flatMap(text -> end(fields.place("to"), "to", text, Channel.STDIN))
                    .ifPresent(end -> cases.add(new Case(end, when)));
        }
        return cases;
    }
}
