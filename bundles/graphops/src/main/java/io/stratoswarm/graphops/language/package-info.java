/**
 * The graph language: text to the tree of the JSON form, and back. A text passes the lexer, a filter that settles where statements
 * end, the generated parser, {@link io.stratoswarm.graphops.language.SyntaxBuilder}, which makes plain records of what was parsed,
 * and {@link io.stratoswarm.graphops.language.Lowering}, which resolves includes and parameters and knows the words of the
 * language. What the values mean is checked by core, on the tree. {@code docs/graph-language.md} tells the language.
 */
@NullMarked
package io.stratoswarm.graphops.language;

import org.jspecify.annotations.NullMarked;
