/**
 * Worker processes that run scripts: started at first use, bounded, killed where a script cannot be ended otherwise. Knows no kinds of
 * scripts and no files.
 */
@NullMarked
package io.stratoswarm.core.worker;

import org.jspecify.annotations.NullMarked;
