/**
 * Events in the formats of other tools: OCSF, syslog and W3C PROV here, CloudEvents where the journal is. Each is a pure function of
 * the events; a proof of inclusion goes with an event where it is asked for.
 */
@NullMarked
package io.stratoswarm.audit.export;

import org.jspecify.annotations.NullMarked;
