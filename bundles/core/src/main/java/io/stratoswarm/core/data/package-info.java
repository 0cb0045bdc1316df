/** The data folder of a daemon: where everything lies, its lock and its format. */
@NullMarked
package io.stratoswarm.core.data;

import org.jspecify.annotations.NullMarked;
