package io.stratoswarm.healing.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.stratoswarm.healing.script.Answer;
import io.stratoswarm.healing.trial.Panel.Voice;
import java.util.List;
import org.junit.jupiter.api.Test;

class PanelTest {
    private static Voice voice(String script, Stage stage, boolean acts, String act) {
        Answer answer = act.equals("!") ? Answer.failed("no") : new Answer(act, "x", "");
        return new Voice(script, stage.word(), stage, acts, answer);
    }

    private static String told(Panel panel) {
        StringBuilder text = new StringBuilder();
        panel.findings()
                .forEach(each -> text.append(each.voice().script())
                        .append('/')
                        .append(each.voice().stage().word())
                        .append(each.acts() ? " acts " : " watches ")
                        .append(each.would())
                        .append('-')
                        .append(each.without())
                        .append("; "));
        return text.toString();
    }

    @Test
    void shouldFollowTheFirstThatNamesAnAct() {
        Panel panel = new Panel(
                "wait",
                List.of(
                        voice("a", Stage.ACTIVE, true, ""),
                        voice("b", Stage.ACTIVE, true, "restart"),
                        voice("c", Stage.ACTIVE, true, "ask")));
        assertEquals("b", java.util.Objects.requireNonNull(panel.followed()).script());
        assertEquals(
                "a/active acts restart-restart; b/active acts restart-ask; c/active acts restart-restart; ",
                told(panel));
        assertNull(new Panel("wait", List.of(voice("a", Stage.ACTIVE, true, "!"))).followed());
    }

    @Test
    void shouldCompareAVersionThatIsTriedWithTheOneBefore() {
        Panel watched = new Panel(
                "wait", List.of(voice("a", Stage.SHADOW, false, "ask"), voice("a", Stage.ACTIVE, true, "restart")));
        assertEquals("a/shadow watches ask-restart; a/active acts restart-wait; ", told(watched));
        Panel canary = new Panel(
                "wait", List.of(voice("a", Stage.CANARY, true, "ask"), voice("a", Stage.ACTIVE, true, "restart")));
        assertEquals(
                "ask",
                java.util.Objects.requireNonNull(canary.followed()).answer().act());
        assertEquals("a/canary acts ask-restart; a/active watches restart-wait; ", told(canary));
        Panel failed = new Panel(
                "wait", List.of(voice("a", Stage.CANARY, true, "!"), voice("a", Stage.ACTIVE, true, "restart")));
        assertEquals(
                "restart",
                java.util.Objects.requireNonNull(failed.followed()).answer().act());
        assertEquals("a/canary acts restart-restart; a/active acts restart-wait; ", told(failed));
        Panel leaves = new Panel(
                "wait", List.of(voice("a", Stage.CANARY, true, ""), voice("a", Stage.ACTIVE, true, "restart")));
        assertNull(leaves.followed());
    }
}
