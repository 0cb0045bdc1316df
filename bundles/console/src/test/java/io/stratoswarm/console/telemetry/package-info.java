@NullMarked
package io.stratoswarm.console.telemetry;

import org.jspecify.annotations.NullMarked;
