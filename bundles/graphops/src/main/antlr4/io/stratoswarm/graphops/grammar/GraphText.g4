/*
 * The graph language. docs/graph-language.md shows the same rules; a test compares.
 *
 * END stands for a line's end or a semicolon. The filter between lexer and parser keeps one of them behind each statement and drops
 * the others: inside of lists, behind what opens or joins, and where a line is empty. So every decision here needs one token.
 */
grammar GraphText;

file: statement* EOF;

statement
    : key ('=' value | phrases? ('where' condition)? block?) END
    | 'where' condition END
    ;

key: word | STRING | TEXT | RAW | RAWTEXT;

word: WORD | 'and' | 'or' | 'not' | 'matches' | 'in' | 'exists';

phrases: phrase (',' phrase)*;

phrase: scalar (scalar | '->' | '=')*;

block: '{' statement* '}';

value: scalar | block;

scalar: atom | list;

list: '[' (value ','?)* ']';

atom: word | NUMBER | QUANTITY | STRING | TEXT | RAW | RAWTEXT | REFERENCE;

condition: conjunction ('or' conjunction)*;

conjunction: term ('and' term)*;

term: 'not'* ('(' condition ')' | test);

test: field (comparison atom | 'matches' atom | 'in' list | 'exists');

field: WORD | STRING | RAW | '$';

comparison: '==' | '!=' | '<' | '<=' | '>' | '>=';

WHERE: 'where';
AND: 'and';
OR: 'or';
NOT: 'not';
MATCHES: 'matches';
IN: 'in';
EXISTS: 'exists';
OPEN: '{';
CLOSE: '}';
OPEN_LIST: '[';
CLOSE_LIST: ']';
OPEN_GROUP: '(';
CLOSE_GROUP: ')';
COMMA: ',';
ARROW: '->';
ASSIGN: '=';
EQUAL: '==';
UNEQUAL: '!=';
LESS: '<';
LESS_OR_EQUAL: '<=';
GREATER: '>';
GREATER_OR_EQUAL: '>=';
WHOLE: '$';

END: ';' | '\r'? '\n' | '\r';

NUMBER: '-'? ('0' | [1-9] [0-9]*) ('.' [0-9]+)? ([eE] [+-]? [0-9]+)?;
QUANTITY: [0-9] ([A-Za-z0-9_] | [.+-] [A-Za-z0-9])* '%'? ('/' [A-Za-z]+)?;
WORD: ('-' '-'?)? [A-Za-z_] ([A-Za-z0-9_] | [.-] [A-Za-z0-9_])*;
REFERENCE: '${' [ \t]* [A-Za-z_] [A-Za-z0-9_-]* [ \t]* '}';
TEXT: '"""' .*? '"""';
STRING: '"' ('\\' ~[\r\n] | ~["\\\r\n])* '"';
RAWTEXT: '\'\'\'' .*? '\'\'\'';
RAW: '\'' ~['\r\n]* '\'';

COMMENT: ('#' | '//') ~[\r\n]* -> channel(HIDDEN);
SPACE: [ \t]+ -> skip;
UNCLOSED: ('"' ('\\' ~[\r\n] | ~["\\\r\n])* | '\'' ~['\r\n]*);
OTHER: .;
