package io.stratoswarm.healing.trial;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How far a version of a script has come. */
public enum Stage {
    /** It is new: its choices in recorded cases are looked at. */
    CANDIDATE,
    /** Its choices are recorded beside what is done. */
    SHADOW,
    /** It acts in some of the cases, and what that is worth is compared with the others. */
    CANARY,
    /** It acts. */
    ACTIVE,
    /** It did worse, or somebody ended it: it is not asked. */
    REVERTED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Stage> of(String word) {
        return Stream.of(values()).filter(stage -> stage.word().equals(word)).findFirst();
    }

    /** Whether it is asked in a case. */
    boolean asked() {
        return this == SHADOW || this == CANARY || this == ACTIVE;
    }

    /** The one after it. */
    Stage next() {
        return switch (this) {
            case CANDIDATE -> SHADOW;
            case SHADOW -> CANARY;
            default -> ACTIVE;
        };
    }
}
