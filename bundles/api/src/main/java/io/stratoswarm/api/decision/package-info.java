/**
 * Decisions of policies, scripts, solvers and operators: recorded with their full context before they act, judged by whoever keeps rules,
 * approved where a rule asks for it, and closed by their outcome.
 */
@Export
@Version("1.2.0")
@NullMarked
package io.stratoswarm.api.decision;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
