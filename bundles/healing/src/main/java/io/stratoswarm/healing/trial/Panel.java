package io.stratoswarm.healing.trial;

import io.stratoswarm.healing.script.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scripts that were asked about one case, in the order in which they are heard: the first one that names an act is followed. Says what was chosen,
 * and for each version what would have been with it and without it. Pure.
 */
final class Panel {
    private final String builtIn;
    private final Map<String, Voices> voices = new LinkedHashMap<>();

    /** The versions of one script. */
    private record Voices(@Nullable Voice trial, @Nullable Voice active) {
        @Nullable
        Voice heard() {
            return trial != null && trial.acts() ? tried() : active;
        }

        /** Where the version that is tried gives no answer, the one that acts stands in for it. */
        @Nullable
        Voice tried() {
            return trial != null && trial.answer().error().isEmpty() ? trial : active;
        }
    }

    /**
     * One version.
     *
     * @param acts whether it is followed in this case, if what is heard before it leaves the case to it
     */
    record Voice(String script, String hash, Stage stage, boolean acts, Answer answer) {}

    /**
     * What was found of a version.
     *
     * @param acts whether its answer counted
     * @param would what is chosen where it is followed
     * @param without what is chosen where it is not there
     */
    record Finding(Voice voice, boolean acts, String would, String without) {}

    /** @param asked the versions, by script in the order of hearing */
    Panel(String builtIn, List<Voice> asked) {
        this.builtIn = builtIn;
        for (Voice voice : asked) {
            Voices there = voices.getOrDefault(voice.script(), new Voices(null, null));
            voices.put(
                    voice.script(),
                    voice.stage() == Stage.ACTIVE
                            ? new Voices(there.trial(), voice)
                            : new Voices(voice, there.active()));
        }
    }

    /** The version that is followed; null where none names an act. */
    @Nullable
    Voice followed() {
        return chosen("", null);
    }

    private @Nullable Voice chosen(String script, @Nullable Voice instead) {
        for (Map.Entry<String, Voices> each : voices.entrySet()) {
            Voice voice =
                    each.getKey().equals(script) ? instead : each.getValue().heard();
            if (voice != null && !voice.answer().act().isEmpty()) {
                return voice;
            }
        }
        return null;
    }

    private String act(@Nullable Voice voice) {
        return voice == null ? builtIn : voice.answer().act();
    }

    List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        voices.forEach((script, of) -> {
            if (of.trial() != null) {
                all.add(new Finding(
                        of.trial(),
                        of.trial().acts(),
                        act(chosen(script, of.tried())),
                        act(chosen(script, of.active()))));
            }
            if (of.active() != null) {
                all.add(new Finding(
                        of.active(),
                        of.heard() == of.active(),
                        act(chosen(script, of.active())),
                        act(chosen(script, null))));
            }
        });
        return all;
    }
}
