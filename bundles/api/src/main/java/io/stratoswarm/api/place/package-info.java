/**
 * Placement: the places that agents can run on, what a placement must keep and is measured by, and who finds one.
 * {@code docs/placement.md} defines every term with its formula.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.place;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
