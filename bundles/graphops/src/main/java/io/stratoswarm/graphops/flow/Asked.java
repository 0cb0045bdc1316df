package io.stratoswarm.graphops.flow;

/** The record that questions are asked of. Used again for each, by one thread. */
final class Asked implements Question.Subject {
    private final FieldValues fields;
    private byte[] bytes = new byte[0];
    private int start;
    private int length;

    Asked(FieldValues fields) {
        this.fields = fields;
    }

    /** Reads it as JSON where any field is asked for. */
    Asked about(Records records, int index) throws NotJson {
        bytes = records.bytes();
        start = records.start(index);
        length = records.length(index);
        if (!fields.none()) {
            fields.read(bytes, start, length);
        }
        return this;
    }

    @Override
    public FieldValues fields() {
        return fields;
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int start() {
        return start;
    }

    @Override
    public int length() {
        return length;
    }
}
