package io.stratoswarm.graphops.reshape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.core.script.JsonNodes;
import io.stratoswarm.core.script.SchemaChecker;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a header may say, and what a script may return. */
class ReshapeSettingsTest {
    private final ScriptKind kind = new ReshapeRig().open().kind();

    private List<String> wrong(String settings) {
        return kind.check(new ScriptHeader("s", "reshape", "js", "", settings, ScriptLimits.DEFAULT, List.of()));
    }

    @Test
    void shouldNameWhatIsWrongInAHeader() {
        Map<String, String> wrong = Map.ofEntries(
                Map.entry("{\"every\":\"5s\"}", "graph: must be the name of a graph"),
                Map.entry("{\"graph\":[\"a\",5],\"every\":\"5s\"}", "graph: must be the name of a graph"),
                Map.entry("{\"graph\":\"a\"}", "on: it needs \"on\", \"every\" or \"schedule\""),
                Map.entry("{\"graph\":\"a\",\"every\":\"5s\",\"cooldown\":5}", "cooldown: must be a duration"),
                Map.entry("{\"graph\":\"a\",\"every\":\"5s\",\"approve\":\"yes\"}", "approve: must be true or false"),
                Map.entry(
                        "{\"graph\":\"a\",\"every\":\"5s\",\"approve\":true,\"dryRun\":true}",
                        "dryRun: give either \"approve\" or \"dryRun\""),
                Map.entry("{\"graph\":\"a\",\"when\":5}", "when: must be an object"),
                Map.entry(
                        "{\"graph\":\"a\",\"when\":{\"metric\":\"lag\",\"above\":5}}",
                        "\"metric\" must be one of lagRecords"),
                Map.entry("{\"graph\":\"a\",\"when\":{\"metric\":\"lagBytes\"}}", "give \"above\" or \"below\""),
                Map.entry(
                        "{\"graph\":\"a\",\"when\":{\"metric\":\"lagBytes\",\"above\":1,\"below\":2}}",
                        "give \"above\" or \"below\""),
                Map.entry(
                        "{\"graph\":\"a\",\"when\":{\"metric\":\"lagBytes\",\"above\":\"1\"}}",
                        "\"above\" must be a number, not \"1\""),
                Map.entry(
                        "{\"graph\":\"a\",\"when\":{\"metric\":\"lagBytes\",\"above\":1,\"for\":10}}",
                        "when: \"for\": must be a duration"),
                Map.entry(
                        "{\"graph\":\"a\",\"when\":{\"metric\":\"lagBytes\",\"above\":1,\"node\":\"a\"}}",
                        "when: unknown key 'node'"));
        wrong.forEach((settings, message) -> {
            List<String> found = wrong(settings);
            assertEquals(1, found.size(), settings + found);
            assertTrue(found.getFirst().contains(message), settings + found);
        });
        assertEquals(
                List.of(), wrong("{\"graph\":\"a\",\"when\":{\"metric\":\"lagBytes\",\"below\":1,\"for\":\"10s\"}}"));
        assertEquals(List.of(), wrong("{\"graph\":[\"a\",\"b-*\"],\"on\":\"AgentFailed\",\"approve\":true}"));
    }

    private Optional<String> wrongOutput(String output) {
        return SchemaChecker.of(kind.outputSchema()).wrong(JsonNodes.known(output));
    }

    @Test
    void shouldNameTheFieldThatIsWrongInAnOutput() {
        String good =
                "{\"transforms\":[{\"kind\":\"insert\",\"arguments\":{\"flow\":\"a\",\"n\":3},\"fragment\":\"graph x {}\","
                        + "\"options\":{\"steps\":[10,50],\"holdMillis\":500},\"reason\":\"r\",\"confidence\":0.5}]}";
        assertEquals(Optional.empty(), wrongOutput(good));
        assertEquals(Optional.empty(), wrongOutput("{\"transforms\":[]}"));
        Map<String, String> wrong = Map.of(
                good.replace("insert", "explode"),
                "transforms[0].kind",
                good.replace("\"reason\":\"r\",", ""),
                "reason",
                good.replace("[10,50]", "[10,100]"),
                "transforms[0].options.steps[1]",
                good.replace("\"n\":3", "\"n\":[]"),
                "transforms[0].arguments.n",
                good.replace("\"r\"", "\"\""),
                "transforms[0].reason",
                good.replace("500", "-1"),
                "transforms[0].options.holdMillis",
                good.replace("fragment", "file"),
                "file",
                "{}",
                "transforms");
        wrong.forEach((output, field) ->
                assertTrue(wrongOutput(output).orElse("").contains(field), output + wrongOutput(output)));
        String one = good.substring(good.indexOf("[{") + 1, good.length() - 2);
        assertTrue(wrongOutput("{\"transforms\":[" + String.join(",", Collections.nCopies(5, one)) + "]}")
                .isPresent());
    }
}
