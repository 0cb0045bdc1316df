package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Transform.Filter;
import io.stratoswarm.api.graph.FlowSpec.Transform.Project;
import io.stratoswarm.api.graph.FlowSpec.Transform.Rename;
import io.stratoswarm.api.graph.FlowSpec.Transform.Sample;
import io.stratoswarm.api.graph.FlowSpec.Transform.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the transforms of a flow: the check of what comes in, those that it declares, the check of what goes out. */
final class StepMaker {
    private final Supplier<@Nullable ScriptTransforms> scripts;

    /** @param scripts asked for each script, since they come and go */
    StepMaker(Supplier<@Nullable ScriptTransforms> scripts) {
        this.scripts = scripts;
    }

    Chain chain(FlowSpec spec) {
        List<Transform> steps = new ArrayList<>();
        check(spec.data(), "data", steps);
        for (FlowSpec.Transform transform : spec.transforms()) {
            steps.add(step(transform, spec));
        }
        if (!spec.transforms().isEmpty() || !spec.result().equals(spec.data())) {
            check(spec.result(), "result", steps);
        }
        return new Chain(steps);
    }

    private static void check(DataType type, String role, List<Transform> steps) {
        type.schema().ifPresent(schema -> steps.add(new SchemaCheck(type.name(), role, schema)));
    }

    private Transform step(FlowSpec.Transform transform, FlowSpec spec) {
        return switch (transform) {
            case Filter filter -> new io.stratoswarm.graphops.flow.Filter(filter.condition());
            case Project project -> new io.stratoswarm.graphops.flow.Project(project.fields());
            case Rename rename -> new io.stratoswarm.graphops.flow.Rename(rename.names());
            case Sample sample -> new io.stratoswarm.graphops.flow.Sample(sample.share());
            case Script script -> {
                ScriptTransforms there = scripts.get();
                if (there == null) {
                    throw new StratoswarmException(
                            StratoswarmException.Kind.UNAVAILABLE,
                            "the script " + script.script() + " cannot run: there is no script host");
                }
                DataType.Format from = transforms(spec).findFirst().orElse(script) == script
                        ? spec.data().format()
                        : between(spec);
                DataType.Format to =
                        transforms(spec).reduce((first, second) -> second).orElse(script) == script
                                ? spec.result().format()
                                : between(spec);
                yield new ScriptStep(
                        there.open(script.script(), spec.id(), from, to),
                        script.script(),
                        script.batch(),
                        Framer.of(spec.framing()));
            }
        };
    }

    private static Stream<Script> transforms(FlowSpec spec) {
        return spec.transforms().stream().filter(Script.class::isInstance).map(Script.class::cast);
    }

    /** What one script gives the next, of which the flow does not speak: fields where there are any at one of its ends. */
    private static DataType.Format between(FlowSpec spec) {
        return spec.data().format() == DataType.Format.JSON
                ? DataType.Format.JSON
                : spec.result().format();
    }
}
