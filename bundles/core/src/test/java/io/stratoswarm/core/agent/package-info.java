@NullMarked
package io.stratoswarm.core.agent;

import org.jspecify.annotations.NullMarked;
