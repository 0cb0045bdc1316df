/**
 * The JSON form of an application graph: text in, a checked {@link io.stratoswarm.api.graph.GraphManifest} or every problem
 * with its place out. Knows nothing of running agents. What each key means is told in {@code docs/manifest.md}; the same
 * rules stand in {@code docs/manifest.schema.json}, and a test keeps the two together.
 */
@NullMarked
package io.stratoswarm.core.manifest;

import org.jspecify.annotations.NullMarked;
