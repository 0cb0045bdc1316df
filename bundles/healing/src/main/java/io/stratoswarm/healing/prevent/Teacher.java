package io.stratoswarm.healing.prevent;

import java.util.List;

/** Goes on with the training of the model that is in use on what happened on this host. */
public interface Teacher {
    /** How it went. */
    sealed interface Result {
        /** @param model the new one, as it is stored @param before score of the old one on what neither saw, less is better */
        record Better(byte[] model, double before, double after) implements Result {
            public Better {
                model = model.clone();
            }

            @Override
            public byte[] model() {
                return model.clone();
            }
        }

        /** The model stays as it is. */
        record Refused(String why) implements Result {}
    }

    /** Values of a window. */
    int length();

    /** May take minutes. */
    Result learn(List<LessonBook.Kept> lessons) throws InterruptedException;

    /** Takes a model into use that was learned. */
    void adopt(byte[] model);
}
