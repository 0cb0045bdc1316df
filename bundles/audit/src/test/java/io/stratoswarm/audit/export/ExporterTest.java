package io.stratoswarm.audit.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.audit.publish.LogFixture;
import io.stratoswarm.core.merkle.ProofVerifier;
import io.stratoswarm.core.merkle.TreeHasher;
import io.stratoswarm.core.tool.CloudEventsComponent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExporterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** RFC 5424 section 6, as far as this export uses it. */
    private static final Pattern SYSLOG = Pattern.compile(
            "<(\\d{1,3})>1 (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z)"
                    + " ([\\x21-\\x7E]{1,255}) ([\\x21-\\x7E]{1,48}) ([\\x21-\\x7E]{1,128}) ([\\x21-\\x7E]{1,32})"
                    + " \\[([^ =\\]\"]{1,32})((?: [^ =\\]\"]{1,32}=\"(?:[^\"\\\\\\]]|\\\\[\"\\\\\\]])*\")*)\\](?: \uFEFF(.*))?");

    private static final Pattern PARAMETER = Pattern.compile(" ([^ =]+)=\"((?:[^\"\\\\\\]]|\\\\.)*)\"");

    @TempDir
    Path folder;

    private LogFixture fixture;
    private Journal journal;
    private Exporter exporter;

    @BeforeEach
    void open() {
        fixture = LogFixture.open(folder);
        journal = fixture.opened.journal();
        exporter = new Exporter(
                journal,
                () -> List.of(new Ocsf(), new Syslog("a host"), new Prov(), new CloudEventsComponent()),
                () -> {
                    fixture.log.sign();
                    return fixture.log.status().size();
                });
        journal.append(Append.of(
                        EventDraft.json("AgentStarted", "core.agent", "agent/a", "uid:0", List.of(), "{\"pid\":1}"),
                        EventDraft.json(
                                "AgentFailed",
                                "core.agent",
                                "agent/\"a]\\\u00E4",
                                "reactor:x y",
                                List.of(new Cause.InSameAppend(0), new Cause.OfMetrics(journal.id(), 3, 5, 9)),
                                "{\"why\":\"\u00E4 ]\\n\"}"),
                        new EventDraft(
                                "Raw", 2, "s", "x", "system", List.of(), "application/octet-stream", new byte[] {0, -1
                                })))
                .join();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private List<String> export(String format, boolean proofs, EventQuery query) throws IOException {
        List<String> lines = new ArrayList<>();
        exporter.export(format, query, proofs, lines::add);
        return lines;
    }

    private List<Event> events() {
        return journal.read(EventQuery.all());
    }

    private static boolean holds(JsonNode proof) {
        List<byte[]> path = new ArrayList<>();
        proof.path("path").forEach(hash -> path.add(HexFormat.of().parseHex(hash.asText())));
        return new ProofVerifier(new TreeHasher())
                .inclusion(
                        HexFormat.of().parseHex(proof.path("leafHash").asText()),
                        proof.path("sequence").asLong(),
                        proof.path("treeSize").asLong(),
                        path,
                        HexFormat.of().parseHex(proof.path("rootHash").asText()));
    }

    @Test
    void shouldWriteOcsfWithAllThatItsClassRequires() throws IOException {
        List<String> lines = export("ocsf", true, EventQuery.all());
        assertEquals(events().size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            JsonNode node = JSON.readTree(lines.get(i));
            Event event = events().get(i);
            // The attributes that OCSF 1.3 requires of Application Lifecycle.
            assertEquals(6, node.path("category_uid").asInt());
            assertEquals(6002, node.path("class_uid").asInt());
            int activity = node.path("activity_id").asInt(-1);
            assertTrue(activity >= 1 && activity <= 8 || activity == 99, lines.get(i));
            assertEquals(600_200 + activity, node.path("type_uid").asLong());
            assertTrue(node.path("severity_id").isInt());
            assertEquals(event.timeNanos() / 1_000_000, node.path("time").asLong());
            assertEquals("Stratoswarm", node.at("/metadata/product/vendor_name").asText());
            assertFalse(node.at("/metadata/version").asText().isEmpty());
            assertFalse(node.at("/app/name").asText().isEmpty());
            assertEquals(event.sequence(), node.at("/metadata/sequence").asLong());
            assertTrue(holds(node.at("/unmapped/proof")), lines.get(i));
            assertEquals(
                    fixture.log.status().rootHash(),
                    node.at("/unmapped/proof/rootHash").asText());
        }
        assertEquals(3, JSON.readTree(lines.get(1)).path("activity_id").asInt());
        assertEquals(3, JSON.readTree(lines.get(2)).path("severity_id").asInt());
    }

    @Test
    void shouldWriteSyslogThatAParserOfTheRfcReadsBack() throws IOException {
        List<String> lines = export("syslog", false, EventQuery.all());
        assertEquals(events().size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            Matcher matcher = SYSLOG.matcher(lines.get(i));
            assertTrue(matcher.matches(), lines.get(i));
            Event event = events().get(i);
            assertEquals(event.type().equals("AgentFailed") ? "108" : "110", matcher.group(1));
            assertEquals("a_host", matcher.group(3));
            assertEquals(event.type(), matcher.group(6));
            assertEquals("stratoswarm@32473", matcher.group(7));
            Map<String, String> data = new LinkedHashMap<>();
            Matcher parameter = PARAMETER.matcher(matcher.group(8));
            while (parameter.find()) {
                data.put(parameter.group(1), parameter.group(2).replaceAll("\\\\(.)", "$1"));
            }
            assertEquals(event.subject(), data.get("subject"));
            assertEquals(event.actor(), data.get("actor"));
            assertEquals(Long.toString(event.sequence()), data.get("sequence"));
            if (event.type().equals("Raw")) {
                assertEquals("AP8=", data.get("payloadBase64"));
            } else {
                assertEquals(event.payloadText(), matcher.group(9));
            }
        }
    }

    @Test
    void shouldWriteOneProvDocumentWhoseRelationsNameWhatIsDeclared() throws IOException {
        JsonNode document = JSON.readTree(String.join("\n", export("prov", true, EventQuery.all())));
        assertEquals(events().size(), document.path("activity").size());
        assertEquals(events().size() + 1, document.path("entity").size());
        assertEquals(3, document.path("agent").size());
        Map<String, List<String>> ends = Map.of(
                "wasGeneratedBy", List.of("prov:entity", "prov:activity"),
                "wasAssociatedWith", List.of("prov:activity", "prov:agent"),
                "wasInformedBy", List.of("prov:informed", "prov:informant"),
                "used", List.of("prov:activity", "prov:entity"));
        ends.forEach((relation, names) -> {
            assertFalse(document.path(relation).isEmpty(), relation);
            document.path(relation)
                    .forEach(record -> names.forEach(name -> {
                        String id = record.path(name).asText();
                        boolean declared = document.path("activity").has(id)
                                || document.path("entity").has(id)
                                || document.path("agent").has(id);
                        assertTrue(declared, relation + " " + name + " " + id);
                        assertTrue(document.path("prefix").has(id.replaceFirst(":.*", "")), id);
                    }));
        });
        for (JsonNode activity : document.path("activity")) {
            assertTrue(holds(JSON.readTree(activity.path("swarm:proof").asText())));
        }
        assertEquals(
                document,
                JSON.readTree(String.join("", export("prov", true, EventQuery.all()))),
                "the same events give the same document");
    }

    @Test
    void shouldWriteCloudEventsWithProofs() throws IOException {
        List<String> lines = export("cloudevents", true, EventQuery.all().subject("agent/a"));
        assertEquals(1, lines.size());
        JsonNode node = JSON.readTree(lines.getFirst());
        assertEquals("1.0", node.path("specversion").asText());
        assertEquals("AgentStarted", node.path("type").asText());
        assertTrue(holds(JSON.readTree(node.path("proof").asText())));
        assertFalse(JSON.readTree(export("cloudevents", false, EventQuery.all()).getFirst())
                .has("proof"));
    }

    @Test
    void shouldReadAllEventsOfALongSelectionAndRefuseUnknownFormats() throws IOException {
        fixture.fill(2_500);
        assertEquals(journal.size(), export("ocsf", false, EventQuery.all()).size());
        assertEquals(
                2_500, export("syslog", false, EventQuery.all().type("Type*")).size());
        assertEquals(10, export("ocsf", false, EventQuery.all().from(5).to(15)).size());
        assertEquals(List.of("cloudevents", "ocsf", "prov", "syslog"), exporter.formats());
        assertThrows(StratoswarmException.class, () -> export("cef", false, EventQuery.all()));
    }
}
