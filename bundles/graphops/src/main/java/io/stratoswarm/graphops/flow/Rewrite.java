package io.stratoswarm.graphops.flow;

/** A change of JSON records one by one. */
abstract class Rewrite implements Transform.Plain {
    private final JsonReader reader = new JsonReader();

    /** Synchronized for the same reason as {@link Filter#apply}. */
    @Override
    public final synchronized void apply(Batch batch) {
        Records before = batch.records();
        Records after = batch.next();
        for (int i = 0; i < before.size(); i++) {
            int begun = after.begin();
            try {
                reader.open(before.bytes(), before.start(i), before.length(i));
                if (reader.peek() != '{') {
                    throw reader.wrong("it is no object");
                }
                object(reader, after);
                reader.end();
                after.end(begun, before.source(i));
            } catch (NotJson e) {
                after.cancel(begun);
                batch.refuse(before.source(i), e.reason(), before.copy(i));
            }
        }
        batch.swap();
    }

    /** Steps over an object and writes what becomes of it. */
    abstract void object(JsonReader from, Records to) throws NotJson;
}
