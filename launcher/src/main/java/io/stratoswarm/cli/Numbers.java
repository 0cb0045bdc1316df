package io.stratoswarm.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers among the options, told of in plain words where they are none: the library names the Java type. */
final class Numbers {
    private Numbers() {}

    static void register(CommandLine line) {
        ITypeConverter<Integer> ints = of(Integer::valueOf, "a whole number");
        ITypeConverter<Long> longs = of(Long::valueOf, "a whole number");
        ITypeConverter<Double> doubles = of(Double::valueOf, "a number");
        line.registerConverter(int.class, ints);
        line.registerConverter(Integer.class, ints);
        line.registerConverter(long.class, longs);
        line.registerConverter(Long.class, longs);
        line.registerConverter(double.class, doubles);
        line.registerConverter(Double.class, doubles);
    }

    private static <T> ITypeConverter<T> of(Function<String, T> parse, String what) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (NumberFormatException e) {
                boolean far = text.matches("[+-]?\\d+");
                throw new TypeConversionException("'" + text + "' is " + (far ? "out of range" : "not " + what));
            }
        };
    }
}
