@NullMarked
package io.stratoswarm.core.place;

import org.jspecify.annotations.NullMarked;
