package io.stratoswarm.graphops.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeContext.RecordInput;
import io.stratoswarm.api.flow.NodeContext.RecordOutput;
import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.NodeType;
import io.stratoswarm.graphops.flow.ScriptTransforms.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The nodes of the type {@code script}: records from {@code stdin} go through a transform to {@code stdout}. While the script
 * cannot run they wait; those that it fails with are written to {@code refused.jsonl} beside what the node keeps.
 */
public final class ScriptType implements NodeType {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int USUAL_BATCH = 256;
    private static final long PAUSE_MILLIS = 200;
    private static final String REFUSED = "refused.jsonl";

    private final TransformKind kind;
    private final Function<String, Path> folders;
    private final InstantSource clock;

    /** @param folders where an agent keeps what it keeps */
    public ScriptType(TransformKind kind, Function<String, Path> folders, InstantSource clock) {
        this.kind = kind;
        this.folders = folders;
        this.clock = clock;
    }

    @Override
    public String id() {
        return "script";
    }

    @Override
    public List<String> check(String settings) {
        return List.of();
    }

    @Override
    public void run(NodeContext context) throws Exception {
        JsonNode settings = MAPPER.readTree(context.settings());
        RecordInput input = context.input(Channel.STDIN);
        RecordOutput output = context.output(Channel.STDOUT);
        String script = settings.path("script").asText();
        Transformer transformer = new Transformer(
                kind,
                script,
                "node " + context.agent(),
                input.data().format(),
                output.data().format());
        new Work(
                        context,
                        input,
                        output,
                        transformer,
                        new Refusals(folders.apply(context.agent()).resolve(REFUSED), clock))
                .run(script, settings.path("batch").asInt(USUAL_BATCH));
    }

    private final class Work {
        private final NodeContext context;
        private final RecordInput input;
        private final RecordOutput output;
        private final Transformer transformer;
        private final Refusals refusals;
        private final CountDownLatch stop = new CountDownLatch(1);

        Work(NodeContext context, RecordInput input, RecordOutput output, Transformer transformer, Refusals refusals) {
            this.context = context;
            this.input = input;
            this.output = output;
            this.transformer = transformer;
            this.refusals = refusals;
            context.whenStopping(stop::countDown);
        }

        void run(String script, int batch) throws IOException, InterruptedException {
            while (kind.find(script) == null) {
                if (!pause(kind.missing(script))) {
                    return;
                }
            }
            context.waiting("");
            context.ready();
            for (List<byte[]> records = input.read(batch); !records.isEmpty(); records = input.read(batch)) {
                List<Result> results = results(records);
                if (results.isEmpty()) {
                    return;
                }
                List<byte[]> made = made(records, results);
                input.doneWithNextWrite();
                output.write(made);
            }
        }

        /** Whether the node may go on. */
        private boolean pause(String reason) throws InterruptedException {
            context.waiting(reason);
            return !stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }

        /** Waits until the script runs; empty where the node is asked to end first. */
        private List<Result> results(List<byte[]> records) throws InterruptedException {
            while (true) {
                try {
                    List<Result> results = transformer.apply(records).get();
                    context.waiting("");
                    return results;
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof StratoswarmException notNow)) {
                        throw new IllegalStateException("the script " + context.settings() + " failed", e);
                    }
                    if (!pause(String.valueOf(notNow.getMessage()))) {
                        return List.of();
                    }
                }
            }
        }

        private List<byte[]> made(List<byte[]> records, List<Result> results) throws IOException {
            List<byte[]> made = new ArrayList<>(records.size());
            int refused = 0;
            String first = "";
            for (int i = 0; i < records.size(); i++) {
                String reason = switch (results.get(i)) {
                    case Result.Refused it -> it.reason();
                    case Result.Becomes it
                    when torn(it) -> "the script gave a text with a newline in it, and the flow's framing is lines";
                    case Result.Becomes it -> {
                        made.addAll(it.records());
                        yield "";
                    }
                };
                if (!reason.isEmpty()) {
                    refusals.add(reason, records.get(i));
                    first = refused++ == 0 ? reason : first;
                }
            }
            if (refused > 0) {
                context.log(refused + " of " + records.size() + " records were refused and are in " + REFUSED + ": "
                        + first);
            }
            return made;
        }

        private boolean torn(Result.Becomes result) {
            return output.framing() == Framing.LINES
                    && result.records().stream().anyMatch(record -> {
                        for (byte b : record) {
                            if (b == '\n') {
                                return true;
                            }
                        }
                        return false;
                    });
        }
    }
}
