/** What application graphs are written in, and later how their flows run and where their agents are placed. */
@NullMarked
package io.stratoswarm.graphops;

import org.jspecify.annotations.NullMarked;
