/**
 * Tests of the whole in a real framework: the bundles of the distribution, started by Pax Exam with the launcher's own settings.
 * Tests reach services by reflection, since the classes of the {@code api} bundle are not theirs, as it is for any outsider.
 */
@NullMarked
package io.stratoswarm.itests;

import org.jspecify.annotations.NullMarked;
