package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.Condition;

/** Lets through what a condition holds for. */
final class Filter implements Transform.Plain {
    private final FieldValues fields = new FieldValues();
    private final Asked asked = new Asked(fields);
    private final Question question;

    Filter(Condition condition) {
        question = Question.of(condition, fields);
    }

    /** Synchronized because a script before it calls back on threads of its own, one batch perhaps while the next is sent. */
    @Override
    public synchronized void apply(Batch batch) {
        Records records = batch.records();
        records.retain(i -> {
            try {
                boolean holds = question.holds(asked.about(records, i));
                if (!holds) {
                    batch.filtered(records.source(i));
                }
                return holds;
            } catch (NotJson e) {
                batch.refuse(records.source(i), e.reason(), records.copy(i));
                return false;
            }
        });
    }
}
