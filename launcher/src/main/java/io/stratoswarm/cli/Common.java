package io.stratoswarm.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Builds the parts of commands; written out instead of annotated, since reflection would cost a tenth of a second. */
public final class Common {
    private Common() {}

    /** A command with its description, and an example for its help. */
    public static CommandSpec spec(String description, String... examples) {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage().description(description);
        String[] footer = new String[examples.length + 2];
        footer[0] = "";
        footer[1] = examples.length == 1 ? "Example:" : "Examples:";
        for (int i = 0; i < examples.length; i++) {
            footer[i + 2] = "  " + examples[i].replace("%", "%%");
        }
        spec.usageMessage().footer(footer);
        return spec;
    }

    public static OptionSpec flag(String description, String... names) {
        return OptionSpec.builder(names)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build();
    }

    public static OptionSpec option(String label, String description, String... names) {
        return OptionSpec.builder(names)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build();
    }

    /** An option that may be given several times. */
    public static OptionSpec several(String label, String description, String... names) {
        return OptionSpec.builder(names)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description + "; may be repeated")
                .build();
    }

    public static OptionSpec number(String label, String description, String... names) {
        return OptionSpec.builder(names)
                .type(Long.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build();
    }

    /** @param arity {@code 1}, {@code 0..1}, {@code 1..*} or {@code 0..*} */
    public static PositionalParamSpec parameter(int index, String arity, String label, String description) {
        boolean many = arity.endsWith("*");
        return PositionalParamSpec.builder()
                .index(many ? index + "..*" : String.valueOf(index))
                .arity(arity)
                .required(!arity.startsWith("0"))
                .type(many ? List.class : String.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(description)
                .build();
    }

    public static boolean has(ParseResult parsed, String option) {
        return parsed.hasMatchedOption(option);
    }

    public static String text(ParseResult parsed, String option, String fallback) {
        return parsed.matchedOptionValue(option, fallback);
    }

    /** All that was given of an option that may be repeated. */
    public static List<String> texts(ParseResult parsed, String option) {
        return parsed.matchedOptionValue(option, List.<String>of());
    }

    public static long number(ParseResult parsed, String option, long fallback) {
        return parsed.matchedOptionValue(option, fallback);
    }

    public static String parameter(ParseResult parsed, int index, String fallback) {
        return parsed.matchedPositionalValue(index, fallback);
    }

    public static List<String> parameters(ParseResult parsed, int index) {
        return parsed.matchedPositionalValue(index, List.<String>of());
    }

    /** A number of things to show, checked here so that the message names the option and not a parameter of the HTTP API. */
    public static long count(ParseResult parsed, String option, long otherwise, long most) throws Failure {
        long given = number(parsed, option, otherwise);
        if (given < 0 || given > most) {
            throw new Failure(ExitCode.USAGE, option + " must be 0 to " + most + ", not " + given);
        }
        return given;
    }
}
