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
    : primary postfix*
    | <assoc = right> expr op = POW modifiers? expr
    | sign = (ADD | SUB) expr
    | expr op = (MUL | DIV | MOD | ATAN2) modifiers? expr
    | expr op = (ADD | SUB) modifiers? expr
    | expr op = (EQLC | NEQ | LTE | LSS | GTE | GTR | TRIM_UPPER | TRIM_LOWER) modifiers? expr
    | expr op = (AND | UNLESS) modifiers? expr
    | expr op = OR modifiers? expr
    ;

modifiers : BOOL matching? fill? | matching fill? | fill;
matching  : (ON | IGNORING) labels group?;
group     : (GROUP_LEFT | GROUP_RIGHT) labels?;
fill      : FILL fillValue | FILL_LEFT fillValue (FILL_RIGHT fillValue)? | FILL_RIGHT fillValue (FILL_LEFT fillValue)?;
fillValue : LEFT_PAREN sign = (ADD | SUB)? number RIGHT_PAREN;

primary : number | STRING | LEFT_PAREN expr RIGHT_PAREN | call | selector;

// Function or aggregation: the table knows which.
call      : IDENTIFIER (grouping arguments | arguments grouping?);
arguments : LEFT_PAREN (expr (COMMA expr)* trailing = COMMA?)? RIGHT_PAREN;
grouping  : (BY | WITHOUT) labels;

labels : LEFT_PAREN (label (COMMA label)* COMMA?)? RIGHT_PAREN;
label
    : IDENTIFIER | METRIC_IDENTIFIER | STRING | AND | OR | UNLESS | ATAN2 | OFFSET | ANCHORED | SMOOTHED | BY
    | ON | IGNORING | GROUP_LEFT | GROUP_RIGHT | BOOL | FILL | FILL_LEFT | FILL_RIGHT
    ;

selector
    : name = (
        IDENTIFIER | METRIC_IDENTIFIER | AND | OR | UNLESS | OFFSET | ANCHORED | SMOOTHED | BY | WITHOUT
        | FILL | FILL_LEFT | FILL_RIGHT
      ) matchers?
    | matchers
    ;
matchers : LEFT_BRACE (matcher (COMMA matcher)* COMMA?)? RIGHT_BRACE;
matcher  : key = (IDENTIFIER | STRING) op = (EQL | NEQ | EQL_REGEX | NEQ_REGEX) value = STRING | metric = STRING;

postfix
    : LEFT_BRACKET range = duration (COLON step = duration?)? RIGHT_BRACKET
    | OFFSET offset
    | AT timestamp
    | ANCHORED
    | SMOOTHED
    ;

timestamp : sign = (ADD | SUB)? number | IDENTIFIER LEFT_PAREN RIGHT_PAREN;

// Takes one operand only, so that `foo offset -2^2` is `(foo offset -2)^2`.
offset : sign = (ADD | SUB)? durationOperand;

duration
    : durationOperand
    | <assoc = right> duration op = POW duration
    | sign = (ADD | SUB) duration
    | duration op = (MUL | DIV | MOD) duration
    | duration op = (ADD | SUB) duration
    ;
durationOperand
    : number
    | LEFT_PAREN duration RIGHT_PAREN
    | IDENTIFIER LEFT_PAREN (duration (COMMA duration)*)? RIGHT_PAREN
    ;

number : NUMBER | DURATION;
