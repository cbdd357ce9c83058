/*
 * LogQL: shapes, not names.
 *
 * What a name may do is written in the tables of src/language: after the lexer, src/parse/logql-tokens.ts turns a NAME into a
 * keyword, into the kind of operation, function or stage that its table says, or leaves it a NAME; and a QUANTITY into a NUMBER,
 * a DURATION or a SIZE. Both depend on what stands around the token, so no lexer rule can do it.
 *
 * Operators and label filters are flat lists here; their precedence is in src/parse/logql-operators.ts.
 */
grammar LogQL;

tokens {
  NUMBER, DURATION, SIZE,
  BY, WITHOUT, BOOL, ON, IGNORING, GROUP_LEFT, GROUP_RIGHT, OFFSET, UNWRAP, IP, AND, OR, UNLESS,
  RANGE_OPERATION, VECTOR_OPERATION, NUMBER_FUNCTION, VECTOR_FUNCTION, CONVERSION,
  PLAIN_STAGE, TEXT_STAGE, EXTRACTION_STAGE, FORMAT_STAGE, LABEL_STAGE
}

query : expr EOF ;

expr : operand (binaryOp operand)* ;

operand
  : selector stage*                                              # logQuery
  | number                                                       # literal
  | RANGE_OPERATION '(' (NUMBER ',')? logRange ')' grouping?     # rangeAggregation
  | VECTOR_OPERATION grouping '(' (NUMBER ',')? expr ')'         # vectorAggregation
  | VECTOR_OPERATION '(' (NUMBER ',')? expr ')' grouping?        # vectorAggregation
  | VECTOR_FUNCTION '(' expr (',' STRING)* ')'                   # vectorFunction
  | NUMBER_FUNCTION '(' NUMBER ')'                               # numberFunction
  | '(' expr ')'                                                 # bracketed
  ;

number : ('+' | '-')? NUMBER ;

grouping : (BY | WITHOUT) names ;

names : '(' (NAME (',' NAME)*)? ')' ;

binaryOp : operator BOOL? matching? ;

operator : OR | AND | UNLESS | '==' | '!=' | '>' | '>=' | '<' | '<=' | '+' | '-' | '*' | '/' | '%' | '^' ;

matching : (ON | IGNORING) names ((GROUP_LEFT | GROUP_RIGHT) names?)? ;

logRange
  : '(' logRange ')'                                             # bracketedRange
  | selector RANGE offset? stage* unwrap?                        # rangeFirst
  | selector stage* unwrap? RANGE offset?                        # rangeLast
  | '(' selector ')' RANGE offset? unwrap?                       # rangeOfSelector
  | '(' selector stage* unwrap? ')' RANGE offset?                # rangeOfBracketed
  ;

offset : OFFSET DURATION ;

unwrap
  : '|' UNWRAP NAME ('|' labelFilter)*                           # unwrapLabel
  | '|' UNWRAP CONVERSION '(' NAME ')' ('|' labelFilter)*        # unwrapConverted
  ;

selector : '{' (matcher (',' matcher)*)? '}' ;

matcher : NAME matchOp STRING ;

matchOp : '=' | '!=' | '=~' | '!~' ;

stage
  : lineOp lineText (OR lineText)*                               # lineFilter
  | '|' labelFilter                                              # labelFilterStage
  | '|' PLAIN_STAGE                                              # plainStage
  | '|' TEXT_STAGE STRING                                        # textStage
  | '|' EXTRACTION_STAGE FLAG* (extraction (',' extraction)*)?   # extractionStage
  | '|' FORMAT_STAGE format (',' format)*                        # formatStage
  | '|' LABEL_STAGE labelArgument (',' labelArgument)*           # labelStage
  ;

lineOp : '|=' | '!=' | '|~' | '!~' | '|>' | '!>' ;

lineText : STRING | IP '(' STRING ')' ;

extraction : NAME ('=' STRING)? ;

format : NAME '=' (STRING | NAME) ;

labelArgument : matcher | NAME ;

labelFilter : labelTerm labelRest* ;

labelRest : (AND | OR | ',')? labelTerm ;

labelTerm
  : '(' labelFilter ')'                                          # bracketedFilter
  | matcher                                                      # matcherFilter
  | NAME ipOp IP '(' STRING ')'                                  # ipFilter
  | NAME compareOp quantity                                      # compareFilter
  ;

ipOp : '=' | '!=' ;

compareOp : '=' | '==' | '!=' | '>' | '>=' | '<' | '<=' ;

quantity : number | DURATION | SIZE ;

SPACE   : [ \t\r\n]+ -> skip ;
COMMENT : ('#' ~[\n]* | '//' ~[\n]* | '/*' .*? '*/') -> skip ;

STRING : '"' (~["\\\n] | '\\' ~[\n])* '"' | '`' ~[`]* '`' ;
RANGE  : '[' ~[\]]* ']' ;
FLAG   : '--' [a-z] [a-z-]* ;
NAME   : [\p{L}_] [\p{L}\p{Nd}_]* ;

/* A number as Go writes it, then what may be a unit; a sign belongs to it only if it turns out to be a duration. */
QUANTITY : '-'? (
    '0' [xX] [0-9a-fA-F_]* ('.' [0-9a-fA-F_]*)? ([pP] [+-]? [0-9_]*)?
  | '0' [bBoO] [0-9_]*
  | (DIGITS ('.' [0-9_]*)? | '.' DIGITS) ([eE] [+-]? [0-9_]*)?
  ) [0-9.nuµmshdwyBikKMGTP]* ;

fragment DIGITS : [0-9] [0-9_]* ;

OPEN  : '(' ;
MINUS : '-' ;

/* What cannot be a word: logql-tokens.ts says what is wrong with it. */
OPEN_STRING  : '"' (~["\\\n] | '\\' ~[\n])* '\\'? | '`' ~[`]* ;
OPEN_RANGE   : '[' ~[\]]* ;
OPEN_COMMENT : '/*' .*? ;
UNKNOWN      : . ;
