/*
 * Words of PromQL. Names of functions and aggregations are plain identifiers; a keyword here is a word that
 * shapes an expression. Every character belongs to some token: what cannot be a word becomes BAD_NUMBER,
 * OPEN_STRING or UNEXPECTED, so that the parser alone says what is wrong and where.
 */
lexer grammar PromQLLexer;

options {
    caseInsensitive = true;
}

// Inside braces only.
tokens {
    EQL_REGEX,
    NEQ_REGEX
}

AND         : 'and';
OR          : 'or';
UNLESS      : 'unless';
ATAN2       : 'atan2';
OFFSET      : 'offset';
ANCHORED    : 'anchored';
SMOOTHED    : 'smoothed';
BY          : 'by';
WITHOUT     : 'without';
ON          : 'on';
IGNORING    : 'ignoring';
GROUP_LEFT  : 'group_left';
GROUP_RIGHT : 'group_right';
BOOL        : 'bool';
FILL        : 'fill';
FILL_LEFT   : 'fill_left';
FILL_RIGHT  : 'fill_right';

NUMBER            : DIGITS ('.' DIGITS?)? EXPONENT? | '.' DIGITS EXPONENT? | '0x' ('_'? [0-9a-f])+ | 'inf' | 'nan';
DURATION          : ([0-9]+ [smhdwy] 's'?)+;
BAD_NUMBER        : '.'? [0-9] [0-9a-z_.]*;
IDENTIFIER        : LETTER (LETTER | [0-9])*;
METRIC_IDENTIFIER : (LETTER | ':') (LETTER | [0-9] | ':')*;

STRING      : '"' ('\\' . | ~["\\\n])* '"' | '\'' ('\\' . | ~['\\\n])* '\'' | '`' ~'`'* '`';
OPEN_STRING : '"' ('\\' . | ~["\\\n])* '\\'? | '\'' ('\\' . | ~['\\\n])* '\\'? | '`' ~'`'*;

LEFT_PAREN    : '(';
RIGHT_PAREN   : ')';
LEFT_BRACE    : '{' -> pushMode(BRACES);
RIGHT_BRACE   : '}';
LEFT_BRACKET  : '[' -> pushMode(BRACKETS);
RIGHT_BRACKET : ']';
COMMA         : ',';
ADD           : '+';
SUB           : '-';
MUL           : '*';
DIV           : '/';
MOD           : '%';
POW           : '^';
EQLC          : '==';
NEQ           : '!=';
LTE           : '<=';
LSS           : '<';
GTE           : '>=';
GTR           : '>';
TRIM_UPPER    : '</';
TRIM_LOWER    : '>/';
EQL           : '=';
AT            : '@';

SPACE         : [ \t\r\n]+ -> skip;
COMMENT       : '#' ~[\r\n]* -> skip;
BAD_OPERATOR  : '=~' | '!';
UNEXPECTED    : .;

fragment LETTER   : [a-z_];
fragment DIGITS   : [0-9] ('_'? [0-9])*;
fragment EXPONENT : 'e' [+-]? DIGITS;

// Label matchers: keywords and numbers are not special here.
mode BRACES;

BRACES_IDENTIFIER  : LETTER (LETTER | [0-9])* -> type(IDENTIFIER);
BRACES_STRING      : ('"' ('\\' . | ~["\\\n])* '"' | '\'' ('\\' . | ~['\\\n])* '\'' | '`' ~'`'* '`') -> type(STRING);
BRACES_OPEN_STRING : ('"' ('\\' . | ~["\\\n])* '\\'? | '\'' ('\\' . | ~['\\\n])* '\\'? | '`' ~'`'*) -> type(OPEN_STRING);
BRACES_COMMA       : ',' -> type(COMMA);
BRACES_EQL         : '=' -> type(EQL);
BRACES_NEQ         : '!=' -> type(NEQ);
BRACES_EQL_REGEX   : '=~' -> type(EQL_REGEX);
BRACES_NEQ_REGEX   : '!~' -> type(NEQ_REGEX);
BRACES_CLOSE       : '}' -> type(RIGHT_BRACE), popMode;
BRACES_SPACE       : [ \t\r\n]+ -> skip;
BRACES_COMMENT     : '#' ~[\r\n]* -> skip;
BRACES_UNEXPECTED  : .;

// Ranges and steps: arithmetic on numbers, durations and calls.
mode BRACKETS;

BRACKETS_NUMBER      : (DIGITS ('.' DIGITS?)? EXPONENT? | '.' DIGITS EXPONENT? | '0x' ('_'? [0-9a-f])+) -> type(NUMBER);
BRACKETS_DURATION    : ([0-9]+ [smhdwy] 's'?)+ -> type(DURATION);
BRACKETS_BAD_NUMBER  : '.'? [0-9] [0-9a-z_.]* -> type(BAD_NUMBER);
BRACKETS_WORD        : LETTER (LETTER | [0-9])* -> type(IDENTIFIER);
COLON                : ':';
BRACKETS_LEFT_PAREN  : '(' -> type(LEFT_PAREN);
BRACKETS_RIGHT_PAREN : ')' -> type(RIGHT_PAREN);
BRACKETS_COMMA       : ',' -> type(COMMA);
BRACKETS_ADD         : '+' -> type(ADD);
BRACKETS_SUB         : '-' -> type(SUB);
BRACKETS_MUL         : '*' -> type(MUL);
BRACKETS_DIV         : '/' -> type(DIV);
BRACKETS_MOD         : '%' -> type(MOD);
BRACKETS_POW         : '^' -> type(POW);
BRACKETS_CLOSE       : ']' -> type(RIGHT_BRACKET), popMode;
BRACKETS_SPACE       : [ \t\r\n]+ -> skip;
BRACKETS_UNEXPECTED  : .;
