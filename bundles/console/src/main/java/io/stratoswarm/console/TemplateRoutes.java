package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.metric.LogTemplate;
import io.stratoswarm.api.metric.LogTemplates;

/** The templates that agents' output was found to follow. */
final class TemplateRoutes {
    private final Services services;

    TemplateRoutes(Services services) {
        this.services = services;
    }

    void add(Routes routes) {
        routes.describedBy("templates").on("GET", "logs/templates", Role.VIEWER, this::templates);
    }

    private Reply templates(Request request) {
        request.only("agent");
        LogTemplates templates = Services.need(services.logTemplates(), "log templates");
        ObjectNode answer = Json.object();
        ArrayNode all = answer.putArray("templates");
        for (AgentStatus agent :
                AgentRoutes.selected(Services.need(services.agents(), "agents"), request.need("agent"))) {
            for (LogTemplate template : templates.templates(agent.id())) {
                ObjectNode one = all.addObject()
                        .put("agent", agent.id())
                        .put("id", template.id())
                        .put("lines", template.lines())
                        .put("text", template.text());
                if (template.lastMillis() > 0) {
                    one.put("last", Shapes.time(template.lastMillis() * 1_000_000));
                }
            }
        }
        return Reply.ok(answer);
    }
}
