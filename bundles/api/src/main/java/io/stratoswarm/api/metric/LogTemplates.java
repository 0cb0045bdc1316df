package io.stratoswarm.api.metric;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The templates that agents' output was found to follow. Their counts are the metric {@code log_lines_total}. */
@ProviderType
public interface LogTemplates {
    /** Those of one agent, most lines first; empty where none of its output was looked at. */
    List<LogTemplate> templates(String agent);
}
