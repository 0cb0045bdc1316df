package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree.Place;
import io.stratoswarm.graphops.grammar.GraphTextLexer;
import io.stratoswarm.graphops.grammar.GraphTextParser;
import io.stratoswarm.graphops.grammar.GraphTextParser.AtomContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.BlockContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.ConditionContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.ConjunctionContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.ListContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.PhraseContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.ScalarContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.StatementContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.TermContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.TestContext;
import io.stratoswarm.graphops.grammar.GraphTextParser.ValueContext;
import io.stratoswarm.graphops.language.Syntax.Block;
import io.stratoswarm.graphops.language.Syntax.Part;
import io.stratoswarm.graphops.language.Syntax.Phrase;
import io.stratoswarm.graphops.language.Syntax.Statement;
import io.stratoswarm.graphops.language.Syntax.Test;
import io.stratoswarm.graphops.language.Syntax.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Parses one file. Meant for texts that parse: where the parser reported something, what it gives is not used. */
final class SyntaxBuilder {
    private final String file;
    private final Messages messages;

    private SyntaxBuilder(String file, Messages messages) {
        this.file = file;
        this.messages = messages;
    }

    /** The statements of a file; empty, with problems reported, where it has errors of syntax. */
    static Optional<List<Statement>> parse(String file, String text, Messages messages) {
        int before = messages.problems().size();
        Optional<Place> bad = badCharacter(file, text);
        if (bad.isPresent()) {
            messages.error(bad.get(), "the text has a NUL character or half of a surrogate pair here; remove it");
            return Optional.empty();
        }
        Optional<List<Token>> tokens = Statements.of(file, Statements.lex(text), messages);
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        GraphTextParser parser = new GraphTextParser(new CommonTokenStream(new ListTokenSource(tokens.get())));
        parser.removeErrorListeners();
        parser.setErrorHandler(new Recovery(file, messages));
        GraphTextParser.FileContext tree = parser.file();
        if (messages.problems().size() > before) {
            return Optional.empty();
        }
        SyntaxBuilder builder = new SyntaxBuilder(file, messages);
        List<Statement> statements = builder.statements(tree.statement());
        return messages.problems().size() > before ? Optional.empty() : Optional.of(statements);
    }

    /** The kernel takes no NUL in any string, and half a surrogate pair cannot be written as UTF-8. */
    private static Optional<Place> badCharacter(String file, String text) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
                start = i + 1;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                return Optional.of(new Place(file, line, i - start + 1));
            }
        }
        return Optional.empty();
    }

    private Place place(Token token) {
        return Statements.place(file, token);
    }

    private List<Statement> statements(List<StatementContext> contexts) {
        List<Statement> statements = new ArrayList<>(contexts.size());
        contexts.forEach(context -> statements.add(statement(context)));
        return statements;
    }

    private Statement statement(StatementContext context) {
        Optional<Test> condition = Optional.ofNullable(context.condition()).map(this::condition);
        if (context.key() == null) {
            return new Statement(
                    place(context.getStart()),
                    "where",
                    false,
                    Optional.empty(),
                    List.of(),
                    condition,
                    Optional.empty());
        }
        Token key = context.key().getStart();
        boolean quoted = quoted(key.getType());
        List<Phrase> phrases = new ArrayList<>();
        if (context.phrases() != null) {
            context.phrases().phrase().forEach(phrase -> phrases.add(phrase(phrase)));
        }
        return new Statement(
                place(key),
                quoted ? Quotes.plain(quoted(key), messages) : key.getText(),
                quoted,
                Optional.ofNullable(context.value()).map(this::value),
                phrases,
                condition,
                Optional.ofNullable(context.block()).map(this::block));
    }

    private Phrase phrase(PhraseContext context) {
        List<Part> parts = new ArrayList<>();
        for (ParseTree child : context.children) {
            parts.add(
                    child instanceof ScalarContext scalar
                            ? scalar(scalar)
                            : new Syntax.Join(place(((TerminalNode) child).getSymbol()), child.getText()));
        }
        return new Phrase(place(context.getStart()), parts);
    }

    private Value value(ValueContext context) {
        return context.block() != null ? block(context.block()) : scalar(context.scalar());
    }

    private Value scalar(ScalarContext context) {
        return context.list() != null ? list(context.list()) : atom(context.atom());
    }

    private Block block(BlockContext context) {
        return new Block(place(context.getStart()), statements(context.statement()));
    }

    private Syntax.ListOf list(ListContext context) {
        List<Value> items = new ArrayList<>();
        context.value().forEach(value -> items.add(value(value)));
        return new Syntax.ListOf(place(context.getStart()), items);
    }

    private Value atom(AtomContext context) {
        Token token = context.getStart();
        String text = token.getText();
        return switch (token.getType()) {
            case GraphTextLexer.NUMBER -> new Syntax.Bare(place(token), text, true);
            case GraphTextLexer.REFERENCE ->
                new Syntax.Reference(
                        place(token), text.substring(2, text.length() - 1).strip());
            default -> quoted(token.getType()) ? quoted(token) : new Syntax.Bare(place(token), text, false);
        };
    }

    private static boolean quoted(int type) {
        return type == GraphTextLexer.STRING
                || type == GraphTextLexer.TEXT
                || type == GraphTextLexer.RAW
                || type == GraphTextLexer.RAWTEXT;
    }

    private Syntax.Quoted quoted(Token token) {
        String text = token.getText();
        return switch (token.getType()) {
            case GraphTextLexer.STRING -> new Syntax.Quoted(place(token), text.substring(1, text.length() - 1), true);
            case GraphTextLexer.TEXT ->
                new Syntax.Quoted(place(token), Quotes.unindented(text.substring(3, text.length() - 3)), true);
            case GraphTextLexer.RAW -> new Syntax.Quoted(place(token), text.substring(1, text.length() - 1), false);
            default -> new Syntax.Quoted(place(token), Quotes.unindented(text.substring(3, text.length() - 3)), false);
        };
    }

    private Test condition(ConditionContext context) {
        List<Test> tests = new ArrayList<>();
        context.conjunction().forEach(conjunction -> tests.add(conjunction(conjunction)));
        return tests.size() == 1 ? tests.getFirst() : new Syntax.Joined(place(context.getStart()), "any", tests);
    }

    private Test conjunction(ConjunctionContext context) {
        List<Test> tests = new ArrayList<>();
        context.term().forEach(term -> tests.add(term(term)));
        return tests.size() == 1 ? tests.getFirst() : new Syntax.Joined(place(context.getStart()), "all", tests);
    }

    private Test term(TermContext context) {
        Test test = context.condition() != null ? condition(context.condition()) : test(context.test());
        int negations = context.NOT().size();
        if (negations > Statements.MAX_DEPTH / 4) {
            messages.error(place(context.getStart()), "so many times 'not' in a row; two of them cancel each other");
            return test;
        }
        for (int i = 0; i < negations; i++) {
            test = new Syntax.Negated(place(context.getStart()), test);
        }
        return test;
    }

    private Test test(TestContext context) {
        Token field = context.field().getStart();
        String name = quoted(field.getType()) ? Quotes.plain(quoted(field), messages) : field.getText();
        Place place = place(field);
        if (context.comparison() != null) {
            String key = switch (context.comparison().getText()) {
                case "==" -> "equals";
                case "!=" -> "notEquals";
                case "<" -> "less";
                case "<=" -> "lessOrEqual";
                case ">" -> "greater";
                default -> "greaterOrEqual";
            };
            return new Syntax.Compared(place, name, key, Optional.of(atom(context.atom())));
        }
        if (context.MATCHES() != null) {
            return new Syntax.Compared(place, name, "matches", Optional.of(atom(context.atom())));
        }
        return context.IN() != null
                ? new Syntax.Compared(place, name, "in", Optional.of(list(context.list())))
                : new Syntax.Compared(place, name, "exists", Optional.empty());
    }
}
