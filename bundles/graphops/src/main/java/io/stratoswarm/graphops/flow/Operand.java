package io.stratoswarm.graphops.flow;

import io.stratoswarm.graphops.flow.Question.Subject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a condition looks at: a field, or the record as a whole. */
interface Operand {
    String WHOLE = "$";

    boolean there(Subject of);

    boolean isNumber(Subject of);

    long whole(Subject of);

    BigDecimal number(Subject of);

    String text(Subject of);

    boolean textIs(Subject of, byte[] utf8, String text);

    /** {@link Receiver#key(String)} of the text. */
    default long key(Subject of) {
        return Receiver.key(text(of));
    }

    static Operand of(String field, FieldValues fields) {
        return field.equals(WHOLE) ? new Whole() : new Field(fields.add(field));
    }

    record Field(int number) implements Operand {
        @Override
        public boolean there(Subject of) {
            return of.fields().there(number);
        }

        @Override
        public boolean isNumber(Subject of) {
            return of.fields().isNumber(number);
        }

        @Override
        public long whole(Subject of) {
            return of.fields().whole(number);
        }

        @Override
        public BigDecimal number(Subject of) {
            return of.fields().number(number);
        }

        @Override
        public String text(Subject of) {
            return of.fields().text(number);
        }

        @Override
        public boolean textIs(Subject of, byte[] utf8, String text) {
            return of.fields().textIs(number, utf8, text);
        }

        @Override
        public long key(Subject of) {
            return of.fields().key(number);
        }
    }

    record Whole() implements Operand {
        @Override
        public boolean there(Subject of) {
            return true;
        }

        @Override
        public boolean isNumber(Subject of) {
            try {
                new BigDecimal(text(of));
                return true;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        @Override
        public long whole(Subject of) {
            return FieldValues.whole(of.bytes(), of.start(), of.start() + of.length());
        }

        @Override
        public BigDecimal number(Subject of) {
            return new BigDecimal(text(of));
        }

        @Override
        public String text(Subject of) {
            return new String(of.bytes(), of.start(), of.length(), StandardCharsets.UTF_8);
        }

        @Override
        public boolean textIs(Subject of, byte[] utf8, String text) {
            return Arrays.equals(of.bytes(), of.start(), of.start() + of.length(), utf8, 0, utf8.length);
        }
    }
}
