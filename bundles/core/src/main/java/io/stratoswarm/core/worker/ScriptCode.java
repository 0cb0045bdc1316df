package io.stratoswarm.core.worker;

import io.stratoswarm.api.script.ScriptLimits;

/**
 * A script as a worker takes it.
 *
 * @param name for messages and stacks
 * @param file name of its file, for messages and stacks
 * @param language {@code js} or {@code python}
 * @param purpose scripts of one purpose and language share a worker
 * @param source the whole text; nothing is taken off its head, so that lines count as in the file
 * @param function that it must define
 * @param batch whether the function takes a list of inputs
 */
public record ScriptCode(
        String name,
        String file,
        String language,
        String purpose,
        String source,
        String function,
        boolean batch,
        ScriptLimits limits) {}
