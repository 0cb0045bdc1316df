package io.stratoswarm.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a graph of agents that observe this host and of flows that carry their records, kills an agent and then the daemon with
 * SIGKILL, and shows what held.
 * Every figure that it prints was measured or read back while it ran; where something did not hold it says so and ends with 1.
 */
public final class Demo {
    private static final Pattern SUMMARY = Pattern.compile("\\{\"records\":(\\d+),\"faults\":(\\d+)[,}].*");
    /** Those that are processes, and so outlive the daemon. */
    private static final List<String> AGENTS =
            List.of("demo/aggregate", "demo/load", "demo/memory", "demo/disk", "demo/historian");

    private final DemoDaemon daemon;
    private final PrintStream out;
    private int stage;
    private boolean held = true;

    private Demo(DemoDaemon daemon, PrintStream out) {
        this.daemon = daemon;
        this.out = out;
    }

    /**
     * Runs the demo.
     *
     * @param home the distribution, with {@code stratoswarm} and {@code examples}
     * @return 0 where everything held, else 1
     */
    public static int run(Path home, PrintStream out) {
        DemoDaemon daemon;
        try {
            daemon = DemoDaemon.create(home, out);
        } catch (IOException e) {
            out.println("The demo needs a temporary folder and could not make one: " + e.getMessage());
            return 1;
        }
        Thread cleaner = new Thread(
                () -> {
                    if (!daemon.closing()) {
                        out.println("\nInterrupted; the agents and the daemon are stopped, and the folder is removed.");
                    }
                    daemon.close();
                },
                "demo-cleaner");
        Runtime.getRuntime().addShutdownHook(cleaner);
        try {
            Demo demo = new Demo(daemon, out);
            demo.play();
            return demo.held ? 0 : 1;
        } catch (DemoFailed | IOException e) {
            if (!daemon.closing()) {
                out.println("\nThe demo could not go on: " + e.getMessage());
                daemon.printLog();
            }
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } finally {
            daemon.close();
        }
    }

    private void play() throws IOException, InterruptedException {
        startDaemon();
        runGraph();
        showWork();
        killAgent();
        killDaemon();
        showLedger();
        verifyJournal();
        sumUp();
    }

    private void startDaemon() throws IOException, InterruptedException {
        heading("Start the daemon on an empty folder");
        long millis = daemon.start();
        out.printf(
                "The daemon answered after %.1f s. Its folder, for this demo, is %s%n", millis / 1000.0, daemon.data());
    }

    private void runGraph() throws IOException, InterruptedException {
        heading("Run a graph: agents that observe this host, and flows that carry their records");
        out.println(
                "Samplers of /proc and /sys -> parsed by a script -> scored by another -> aggregated by awk -> written out.");
        daemon.show("scripts", "enable", "parse-sample");
        List<String> apply = new ArrayList<>(List.of("apply"));
        apply.addAll(daemon.graph());
        if (daemon.show(apply) != 0) {
            throw new DemoFailed("the graph was refused");
        }
        daemon.await(
                "all agents of the graph are ready",
                60,
                () -> phases().values().stream().allMatch(phase -> phase.equals("READY") || phase.equals("COMPLETED")));
        daemon.show("ps");
    }

    private void showWork() throws IOException, InterruptedException {
        heading("Watch the records: numbered at their source, checked where they are aggregated");
        daemon.await("50 records have been aggregated", 60, () -> summary().records() >= 50);
        List<String> report = lines("report.jsonl");
        out.println("The last line of the report: " + report.getLast());
        List<String> unusual = lines("unusual.jsonl");
        out.println("Samples with an unusual value so far: " + unusual.size()
                + (unusual.isEmpty() ? "" : ", the last one: " + unusual.getLast()));
    }

    private void killAgent() throws IOException, InterruptedException {
        heading("kill -9 an agent");
        Integer pid = pids().get("demo/load");
        if (pid == null) {
            throw new DemoFailed("demo/load has no process");
        }
        out.printf("Sending SIGKILL to demo/load, process %d.%n", pid);
        long tree = daemon.ask("journal", "checkpoint").path("size").asLong();
        daemon.kill(pid);
        daemon.await("demo/load runs again", 20, () -> {
            Integer now = pids().get("demo/load");
            return now != null && !now.equals(pid);
        });
        Instant exited = Instant.MAX;
        Instant started = Instant.MIN;
        for (JsonNode event : daemon.events(tree)) {
            if (event.path("subject").asText().endsWith("demo/load")) {
                String type = event.path("type").asText();
                if (type.equals("AgentExited")) {
                    exited = Instant.parse(event.path("time").asText());
                } else if (type.equals("AgentStarted")) {
                    started = Instant.parse(event.path("time").asText());
                }
            }
        }
        boolean both = exited.isBefore(started);
        check(both, "the journal holds its end and its new start");
        if (both) {
            out.printf(
                    "It runs again as process %d; the journal has %.1f ms between its end and its new start.%n",
                    pids().get("demo/load"), Duration.between(exited, started).toNanos() / 1e6);
        }
    }

    private void killDaemon() throws IOException, InterruptedException {
        heading("kill -9 the daemon itself");
        Map<String, Integer> before = pids();
        long records = summary().records();
        daemon.killDaemon();
        Thread.sleep(2000);
        long alive = before.values().stream().filter(DemoDaemon::alive).count();
        check(alive == before.size(), "without a daemon, " + alive + " of " + before.size() + " agents go on running");
        long millis = daemon.start();
        out.printf("A new daemon on the same folder answered after %.1f s.%n", millis / 1000.0);
        daemon.await("all agents are adopted", 20, () -> pids().size() == before.size());
        Map<String, Integer> after = pids();
        check(after.equals(before), "all " + after.size() + " agents were adopted: the same processes, none restarted");
        daemon.await("records are aggregated again", 60, () -> summary().records() >= records + 50);
        Summary now = summary();
        check(now.faults() == 0, now.records() + " records so far, " + now.faults() + " missing or doubled");
    }

    private void showLedger() throws IOException, InterruptedException {
        heading("The ledger of every flow, kept across both kills");
        daemon.show("graph", "status", "demo");
        JsonNode flows = daemon.ask("graph", "status", "demo").path("flows");
        int unbalanced = 0;
        for (JsonNode flow : flows) {
            if (!flow.path("ledger").path("balanced").asBoolean()) {
                unbalanced++;
            }
        }
        check(!flows.isEmpty() && unbalanced == 0, "the ledgers of " + flows.size() + " flows balance");
        for (String line : lines("ends.jsonl").reversed().stream().limit(3).toList()) {
            out.println("From the daemon's own journal, by a flow: " + line);
        }
    }

    private void verifyJournal() throws IOException, InterruptedException {
        heading("Verify the journal, by code that shares nothing with its writer");
        check(daemon.show("journal", "verify") == 0, "the journal is verified");
        JsonNode checkpoint = daemon.ask("journal", "checkpoint");
        out.printf(
                "%d events under the root %s%n",
                checkpoint.path("size").asLong(), checkpoint.path("rootHash").asText());
        Map<String, Integer> types = new TreeMap<>();
        for (JsonNode event : daemon.events(0)) {
            types.merge(event.path("type").asText(), 1, Integer::sum);
        }
        List<String> counts = new ArrayList<>();
        types.forEach((type, count) -> counts.add(count + " " + type));
        out.println("It holds: " + String.join(", ", counts));
    }

    private void sumUp() {
        out.println();
        out.println(held ? "Everything held." : "Not everything held; see the lines that begin with NOT.");
        out.println("""

                To look further, start a daemon of your own and try:
                  ./stratoswarm daemon &
                  ./stratoswarm doctor                  what this host can and cannot do, and why
                  ./stratoswarm apply FILE              run a graph; examples/ has some
                  ./stratoswarm graph status NAME       its agents, and the ledger of each flow
                  ./stratoswarm ps                      what runs, and the reason for every state
                  ./stratoswarm events --follow         the journal, live
                  ./stratoswarm journal proof 3         prove one event to an outsider
                  ./stratoswarm --help                  everything else""");
    }

    private record Summary(long records, long faults) {}

    /** The last line of the report, or zero records where there is none yet. */
    private Summary summary() throws IOException {
        Summary last = new Summary(0, 0);
        for (String line : lines("report.jsonl")) {
            Matcher matcher = SUMMARY.matcher(line);
            if (matcher.find()) {
                last = new Summary(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
            }
        }
        return last;
    }

    /** Of a file that the graph writes; none where it is not there yet. */
    private List<String> lines(String name) throws IOException {
        Path file = daemon.work().resolve(name);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private Map<String, String> phases() throws IOException, InterruptedException {
        Map<String, String> phases = new TreeMap<>();
        for (JsonNode agent : daemon.agents()) {
            phases.put(agent.path("id").asText(), agent.path("phase").asText().toUpperCase(Locale.ROOT));
        }
        return phases;
    }

    private Map<String, Integer> pids() throws IOException, InterruptedException {
        Map<String, Integer> pids = new TreeMap<>();
        for (JsonNode agent : daemon.agents()) {
            String id = agent.path("id").asText();
            if (AGENTS.contains(id) && agent.path("pid").isInt()) {
                pids.put(id, agent.path("pid").asInt());
            }
        }
        return pids;
    }

    private void check(boolean condition, String what) {
        held &= condition;
        out.println((condition ? "ok: " : "NOT: ") + what);
    }

    private void heading(String text) {
        stage++;
        out.printf("%n%d. %s%n", stage, text);
    }
}
