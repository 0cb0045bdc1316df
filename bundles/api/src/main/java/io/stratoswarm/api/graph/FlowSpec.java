package io.stratoswarm.api.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A flow of records from one channel to one or more. Several flows from one channel each carry every record.
 *
 * @param id unique in the graph
 * @param data of the records as they leave the source
 * @param result of the records as they are delivered, after the transforms
 * @param transforms in the order in which records pass them
 * @param maxRecordBytes a longer record is refused
 * @param bufferBytes of all records in flight; when it is full, the source waits
 */
public record FlowSpec(
        String id,
        End from,
        List<End> to,
        DataType data,
        DataType result,
        List<Transform> transforms,
        Optional<Rate> rate,
        Framing framing,
        long maxRecordBytes,
        long bufferBytes,
        Delivery delivery,
        Routing routing,
        Map<String, String> labels) {
    public FlowSpec {
        to = List.copyOf(to);
        transforms = List.copyOf(transforms);
        labels = Map.copyOf(labels);
    }

    /** The same flow to other ends. */
    public FlowSpec withTo(List<End> others, Routing route) {
        return new FlowSpec(
                id,
                from,
                others,
                data,
                result,
                transforms,
                rate,
                framing,
                maxRecordBytes,
                bufferBytes,
                delivery,
                route,
                labels);
    }

    /** The same flow under another name and from another end. */
    public FlowSpec withFrom(String name, End other) {
        return new FlowSpec(
                name,
                other,
                to,
                data,
                result,
                transforms,
                rate,
                framing,
                maxRecordBytes,
                bufferBytes,
                delivery,
                routing,
                labels);
    }

    /** A flow that takes up where this one ends: what it delivers as it is, under the same contract, with no limit of its own. */
    public FlowSpec onward(String name, End start, List<End> ends, Routing route) {
        return new FlowSpec(
                name,
                start,
                ends,
                result,
                result,
                List.of(),
                Optional.empty(),
                framing,
                maxRecordBytes,
                bufferBytes,
                delivery,
                route,
                labels);
    }

    /** A channel of a node. */
    public record End(String node, String channel) {
        @Override
        public String toString() {
            return node + "." + channel;
        }
    }

    /** How records are told apart. */
    public enum Framing {
        /** Each ends with a newline. */
        LINES,
        /** Each follows its length, four bytes, big-endian. */
        LENGTH_PREFIXED,
        /** There are no records, only bytes. */
        BYTES
    }

    /** What is done with each record on its way. */
    public sealed interface Transform {
        /** @param batch most records that the script is given at once */
        record Script(String script, int batch) implements Transform {}

        /** Lets through what the condition holds for. */
        record Filter(Condition condition) implements Transform {}

        /** Keeps these fields only. */
        record Project(List<String> fields) implements Transform {
            public Project {
                fields = List.copyOf(fields);
            }
        }

        /** @param names new name by present one, in the order in which they are changed */
        record Rename(Map<String, String> names) implements Transform {
            public Rename {
                names = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(names));
            }
        }

        /** @param share of records that pass, 0 to 1 */
        record Sample(double share) implements Transform {}
    }

    /**
     * A limit by token bucket.
     *
     * @param perSecond records, or bytes
     * @param burst how much may pass at once; as much as in a second where it is absent
     */
    public record Rate(boolean bytes, double perSecond, OptionalLong burst) {}

    /** What is promised. */
    public sealed interface Delivery {
        record AtMostOnce() implements Delivery {}

        /** Only with a contract by which receivers say what they are done with. */
        record AtLeastOnce(Ack ack) implements Delivery {}
    }

    /** How a receiver says that it is done with a record. */
    public sealed interface Ack {
        /** It writes the ids of records to a channel of its own. */
        record OnChannel(String channel) implements Ack {}

        /** It gives one record for each that it takes. */
        record OneToOne() implements Ack {}

        /** It is done with all of them when it has read to the end and exits with status 0. */
        record OnEof() implements Ack {}
    }

    /** Which of several receivers gets a record; each replica of each target is a receiver. */
    public sealed interface Routing {
        record Copy() implements Routing {}

        record RoundRobin() implements Routing {}

        record LeastLoaded() implements Routing {}

        /** Records with the same value of this field go to the same receiver, in order. */
        record KeyHash(String field) implements Routing {}

        /** The first case that holds decides the target. */
        record Predicate(List<Case> cases) implements Routing {
            public Predicate {
                cases = List.copyOf(cases);
            }
        }
    }

    /** @param when absent where it holds for everything */
    public record Case(End to, Optional<Condition> when) {}
}
