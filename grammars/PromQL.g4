/*
 * Shapes of PromQL 3.x, without a single function name: what a name means, how many arguments it takes and of which
 * types is said by the tables of src/language. Alternatives of `expr` bind tighter the earlier they stand.
 */
parser grammar PromQL;

options {
    tokenVocab = PromQLLexer;
}

query : expr EOF;

expr
    : primary postfix*                                                             # operand
    | <assoc = right> expr op = POW modifiers expr                                 # binary
    | sign expr                                                                    # unary
    | expr op = (MUL | DIV | MOD | ATAN2) modifiers expr                           # binary
    | expr op = (ADD | SUB) modifiers expr                                         # binary
    | expr op = (EQLC | NEQ | LTE | LSS | GTE | GTR | TRIM_UPPER | TRIM_LOWER) modifiers expr # binary
    | expr op = (AND | UNLESS) modifiers expr                                      # binary
    | expr op = OR modifiers expr                                                  # binary
    ;

modifiers : BOOL? ((ON | IGNORING) labels group?)? fill?;
group     : (GROUP_LEFT | GROUP_RIGHT) labels?;
fill      : FILL fillValue | FILL_LEFT fillValue (FILL_RIGHT fillValue)? | FILL_RIGHT fillValue (FILL_LEFT fillValue)?;
fillValue : LEFT_PAREN sign? number RIGHT_PAREN;

primary
    : number                          # numberLiteral
    | STRING                          # stringLiteral
    | LEFT_PAREN expr RIGHT_PAREN     # parenthesised
    | call                            # called
    | selector                        # selected
    ;

// Function or aggregation: the table knows which.
call      : IDENTIFIER (grouping arguments | arguments grouping?);
arguments : LEFT_PAREN (expr (COMMA expr)* trailing = COMMA?)? RIGHT_PAREN;
grouping  : (BY | WITHOUT) labels;

labels : LEFT_PAREN (label (COMMA label)* COMMA?)? RIGHT_PAREN;
label
    : IDENTIFIER | METRIC_IDENTIFIER | STRING | AND | OR | UNLESS | ATAN2 | OFFSET | ANCHORED | SMOOTHED | BY
    | ON | IGNORING | GROUP_LEFT | GROUP_RIGHT | BOOL | FILL | FILL_LEFT | FILL_RIGHT
    ;

selector : metricName matchers? | matchers;
metricName
    : IDENTIFIER | METRIC_IDENTIFIER | AND | OR | UNLESS | OFFSET | ANCHORED | SMOOTHED | BY | WITHOUT
    | FILL | FILL_LEFT | FILL_RIGHT
    ;
matchers : LEFT_BRACE (matcher (COMMA matcher)* COMMA?)? RIGHT_BRACE;
matcher  : (IDENTIFIER | STRING) op = (EQL | NEQ | EQL_REGEX | NEQ_REGEX) value = STRING | name = STRING;

postfix
    : LEFT_BRACKET range = duration (COLON step = duration?)? RIGHT_BRACKET # bracketed
    | OFFSET offset                                                         # offsetBy
    | AT timestamp                                                          # at
    | (ANCHORED | SMOOTHED)                                                 # extended
    ;

timestamp : sign? number | IDENTIFIER LEFT_PAREN RIGHT_PAREN;

// Takes one operand only, so that `foo offset -2^2` is `(foo offset -2)^2`.
offset : sign? durationOperand;

duration
    : durationOperand                                        # durationAtom
    | <assoc = right> duration op = POW duration             # durationBinary
    | sign duration                                          # durationUnary
    | duration op = (MUL | DIV | MOD) duration               # durationBinary
    | duration op = (ADD | SUB) duration                     # durationBinary
    ;
durationOperand
    : number                                                                   # durationLiteral
    | LEFT_PAREN duration RIGHT_PAREN                                          # durationParen
    | IDENTIFIER LEFT_PAREN (duration (COMMA duration)*)? RIGHT_PAREN          # durationCall
    ;

sign   : ADD | SUB;
number : NUMBER | DURATION;
