// @ts-nocheck Generated from grammars/*.g4 by scripts/generate.sh
import * as antlr from "antlr4ng";
import { Token } from "antlr4ng";

// for running tests with parameters, TODO: discuss strategy for typed parameters in CI
// eslint-disable-next-line no-unused-vars
type int = number;


export class LogQLParser extends antlr.Parser {
    public static readonly T__0 = 1;
    public static readonly T__1 = 2;
    public static readonly T__2 = 3;
    public static readonly T__3 = 4;
    public static readonly T__4 = 5;
    public static readonly T__5 = 6;
    public static readonly T__6 = 7;
    public static readonly T__7 = 8;
    public static readonly T__8 = 9;
    public static readonly T__9 = 10;
    public static readonly T__10 = 11;
    public static readonly T__11 = 12;
    public static readonly T__12 = 13;
    public static readonly T__13 = 14;
    public static readonly T__14 = 15;
    public static readonly T__15 = 16;
    public static readonly T__16 = 17;
    public static readonly T__17 = 18;
    public static readonly T__18 = 19;
    public static readonly T__19 = 20;
    public static readonly T__20 = 21;
    public static readonly T__21 = 22;
    public static readonly T__22 = 23;
    public static readonly SPACE = 24;
    public static readonly COMMENT = 25;
    public static readonly STRING = 26;
    public static readonly RANGE = 27;
    public static readonly FLAG = 28;
    public static readonly NAME = 29;
    public static readonly QUANTITY = 30;
    public static readonly OPEN = 31;
    public static readonly MINUS = 32;
    public static readonly OPEN_STRING = 33;
    public static readonly OPEN_RANGE = 34;
    public static readonly OPEN_COMMENT = 35;
    public static readonly UNKNOWN = 36;
    public static readonly NUMBER = 37;
    public static readonly DURATION = 38;
    public static readonly SIZE = 39;
    public static readonly BY = 40;
    public static readonly WITHOUT = 41;
    public static readonly BOOL = 42;
    public static readonly ON = 43;
    public static readonly IGNORING = 44;
    public static readonly GROUP_LEFT = 45;
    public static readonly GROUP_RIGHT = 46;
    public static readonly OFFSET = 47;
    public static readonly UNWRAP = 48;
    public static readonly IP = 49;
    public static readonly AND = 50;
    public static readonly OR = 51;
    public static readonly UNLESS = 52;
    public static readonly RANGE_OPERATION = 53;
    public static readonly VECTOR_OPERATION = 54;
    public static readonly NUMBER_FUNCTION = 55;
    public static readonly VECTOR_FUNCTION = 56;
    public static readonly CONVERSION = 57;
    public static readonly STAGE = 58;
    public static readonly LABEL_STAGE = 59;
    public static readonly RULE_query = 0;
    public static readonly RULE_expr = 1;
    public static readonly RULE_operand = 2;
    public static readonly RULE_number = 3;
    public static readonly RULE_grouping = 4;
    public static readonly RULE_names = 5;
    public static readonly RULE_binaryOp = 6;
    public static readonly RULE_operator = 7;
    public static readonly RULE_matching = 8;
    public static readonly RULE_logRange = 9;
    public static readonly RULE_offset = 10;
    public static readonly RULE_unwrap = 11;
    public static readonly RULE_selector = 12;
    public static readonly RULE_matcher = 13;
    public static readonly RULE_matchOp = 14;
    public static readonly RULE_stage = 15;
    public static readonly RULE_lineOp = 16;
    public static readonly RULE_lineText = 17;
    public static readonly RULE_argument = 18;
    public static readonly RULE_labelArgument = 19;
    public static readonly RULE_labelFilter = 20;
    public static readonly RULE_labelRest = 21;
    public static readonly RULE_labelTerm = 22;
    public static readonly RULE_ipOp = 23;
    public static readonly RULE_compareOp = 24;
    public static readonly RULE_quantity = 25;

    public static readonly literalNames = [
        null, "','", "')'", "'+'", "'=='", "'!='", "'>'", "'>='", "'<'",
        "'<='", "'*'", "'/'", "'%'", "'^'", "'|'", "'{'", "'}'", "'='",
        "'=~'", "'!~'", "'|='", "'|~'", "'|>'", "'!>'", null, null, null,
        null, null, null, null, "'('", "'-'"
    ];

    public static readonly symbolicNames = [
        null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, null, null, null, null, null, null,
        null, null, "SPACE", "COMMENT", "STRING", "RANGE", "FLAG", "NAME",
        "QUANTITY", "OPEN", "MINUS", "OPEN_STRING", "OPEN_RANGE", "OPEN_COMMENT",
        "UNKNOWN", "NUMBER", "DURATION", "SIZE", "BY", "WITHOUT", "BOOL",
        "ON", "IGNORING", "GROUP_LEFT", "GROUP_RIGHT", "OFFSET", "UNWRAP",
        "IP", "AND", "OR", "UNLESS", "RANGE_OPERATION", "VECTOR_OPERATION",
        "NUMBER_FUNCTION", "VECTOR_FUNCTION", "CONVERSION", "STAGE", "LABEL_STAGE"
    ];
    public static readonly ruleNames = [
        "query", "expr", "operand", "number", "grouping", "names", "binaryOp",
        "operator", "matching", "logRange", "offset", "unwrap", "selector",
        "matcher", "matchOp", "stage", "lineOp", "lineText", "argument",
        "labelArgument", "labelFilter", "labelRest", "labelTerm", "ipOp",
        "compareOp", "quantity",
    ];

    public get grammarFileName(): string { return "LogQL.g4"; }
    public get literalNames(): (string | null)[] { return LogQLParser.literalNames; }
    public get symbolicNames(): (string | null)[] { return LogQLParser.symbolicNames; }
    public get ruleNames(): string[] { return LogQLParser.ruleNames; }
    public get serializedATN(): number[] { return LogQLParser._serializedATN; }

    protected createFailedPredicateException(predicate?: string, message?: string): antlr.FailedPredicateException {
        return new antlr.FailedPredicateException(this, predicate, message);
    }

    public constructor(input: antlr.TokenStream) {
        super(input);
        this.interpreter = new antlr.ParserATNSimulator(this, LogQLParser._ATN, LogQLParser.decisionsToDFA, new antlr.PredictionContextCache());
    }
    public query(): QueryContext {
        let localContext = new QueryContext(this.context, this.state);
        this.enterRule(localContext, 0, LogQLParser.RULE_query);
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 52;
            this.expr();
            this.state = 53;
            this.match(LogQLParser.EOF);
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public expr(): ExprContext {
        let localContext = new ExprContext(this.context, this.state);
        this.enterRule(localContext, 2, LogQLParser.RULE_expr);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 55;
            this.operand();
            this.state = 61;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            while ((((_la) & ~0x1F) === 0 && ((1 << _la) & 16376) !== 0) || ((((_la - 32)) & ~0x1F) === 0 && ((1 << (_la - 32)) & 1835009) !== 0)) {
                {
                {
                this.state = 56;
                this.binaryOp();
                this.state = 57;
                this.operand();
                }
                }
                this.state = 63;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
            }
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public operand(): OperandContext {
        let localContext = new OperandContext(this.context, this.state);
        this.enterRule(localContext, 4, LogQLParser.RULE_operand);
        let _la: number;
        try {
            let alternative: number;
            this.state = 124;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 8, this.context) ) {
            case 1:
                localContext = new LogQueryContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 64;
                this.selector();
                this.state = 68;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 1, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 65;
                        this.stage();
                        }
                        }
                    }
                    this.state = 70;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 1, this.context);
                }
                }
                break;
            case 2:
                localContext = new LiteralContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 71;
                this.number_();
                }
                break;
            case 3:
                localContext = new RangeAggregationContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 72;
                this.match(LogQLParser.RANGE_OPERATION);
                this.state = 73;
                this.match(LogQLParser.OPEN);
                this.state = 76;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 37) {
                    {
                    this.state = 74;
                    this.match(LogQLParser.NUMBER);
                    this.state = 75;
                    this.match(LogQLParser.T__0);
                    }
                }

                this.state = 78;
                this.logRange();
                this.state = 79;
                this.match(LogQLParser.T__1);
                this.state = 81;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 40 || _la === 41) {
                    {
                    this.state = 80;
                    this.grouping();
                    }
                }

                }
                break;
            case 4:
                localContext = new VectorAggregationContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 83;
                this.match(LogQLParser.VECTOR_OPERATION);
                this.state = 84;
                this.grouping();
                this.state = 85;
                this.match(LogQLParser.OPEN);
                this.state = 88;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 4, this.context) ) {
                case 1:
                    {
                    this.state = 86;
                    this.match(LogQLParser.NUMBER);
                    this.state = 87;
                    this.match(LogQLParser.T__0);
                    }
                    break;
                }
                this.state = 90;
                this.expr();
                this.state = 91;
                this.match(LogQLParser.T__1);
                }
                break;
            case 5:
                localContext = new VectorAggregationContext(localContext);
                this.enterOuterAlt(localContext, 5);
                {
                this.state = 93;
                this.match(LogQLParser.VECTOR_OPERATION);
                this.state = 94;
                this.match(LogQLParser.OPEN);
                this.state = 97;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 5, this.context) ) {
                case 1:
                    {
                    this.state = 95;
                    this.match(LogQLParser.NUMBER);
                    this.state = 96;
                    this.match(LogQLParser.T__0);
                    }
                    break;
                }
                this.state = 99;
                this.expr();
                this.state = 100;
                this.match(LogQLParser.T__1);
                this.state = 102;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 40 || _la === 41) {
                    {
                    this.state = 101;
                    this.grouping();
                    }
                }

                }
                break;
            case 6:
                localContext = new VectorFunctionContext(localContext);
                this.enterOuterAlt(localContext, 6);
                {
                this.state = 104;
                this.match(LogQLParser.VECTOR_FUNCTION);
                this.state = 105;
                this.match(LogQLParser.OPEN);
                this.state = 106;
                this.expr();
                this.state = 111;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 1) {
                    {
                    {
                    this.state = 107;
                    this.match(LogQLParser.T__0);
                    this.state = 108;
                    this.match(LogQLParser.STRING);
                    }
                    }
                    this.state = 113;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                this.state = 114;
                this.match(LogQLParser.T__1);
                }
                break;
            case 7:
                localContext = new NumberFunctionContext(localContext);
                this.enterOuterAlt(localContext, 7);
                {
                this.state = 116;
                this.match(LogQLParser.NUMBER_FUNCTION);
                this.state = 117;
                this.match(LogQLParser.OPEN);
                this.state = 118;
                this.match(LogQLParser.NUMBER);
                this.state = 119;
                this.match(LogQLParser.T__1);
                }
                break;
            case 8:
                localContext = new BracketedContext(localContext);
                this.enterOuterAlt(localContext, 8);
                {
                this.state = 120;
                this.match(LogQLParser.OPEN);
                this.state = 121;
                this.expr();
                this.state = 122;
                this.match(LogQLParser.T__1);
                }
                break;
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public number_(): NumberContext {
        let localContext = new NumberContext(this.context, this.state);
        this.enterRule(localContext, 6, LogQLParser.RULE_number);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 127;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 3 || _la === 32) {
                {
                this.state = 126;
                _la = this.tokenStream.LA(1);
                if(!(_la === 3 || _la === 32)) {
                this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                }
            }

            this.state = 129;
            this.match(LogQLParser.NUMBER);
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public grouping(): GroupingContext {
        let localContext = new GroupingContext(this.context, this.state);
        this.enterRule(localContext, 8, LogQLParser.RULE_grouping);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 131;
            _la = this.tokenStream.LA(1);
            if(!(_la === 40 || _la === 41)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            this.state = 132;
            this.names();
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public names(): NamesContext {
        let localContext = new NamesContext(this.context, this.state);
        this.enterRule(localContext, 10, LogQLParser.RULE_names);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 134;
            this.match(LogQLParser.OPEN);
            this.state = 143;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 29) {
                {
                this.state = 135;
                this.match(LogQLParser.NAME);
                this.state = 140;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 1) {
                    {
                    {
                    this.state = 136;
                    this.match(LogQLParser.T__0);
                    this.state = 137;
                    this.match(LogQLParser.NAME);
                    }
                    }
                    this.state = 142;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                }
            }

            this.state = 145;
            this.match(LogQLParser.T__1);
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public binaryOp(): BinaryOpContext {
        let localContext = new BinaryOpContext(this.context, this.state);
        this.enterRule(localContext, 12, LogQLParser.RULE_binaryOp);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 147;
            this.operator();
            this.state = 149;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 42) {
                {
                this.state = 148;
                this.match(LogQLParser.BOOL);
                }
            }

            this.state = 152;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 43 || _la === 44) {
                {
                this.state = 151;
                this.matching();
                }
            }

            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public operator(): OperatorContext {
        let localContext = new OperatorContext(this.context, this.state);
        this.enterRule(localContext, 14, LogQLParser.RULE_operator);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 154;
            _la = this.tokenStream.LA(1);
            if(!((((_la) & ~0x1F) === 0 && ((1 << _la) & 16376) !== 0) || ((((_la - 32)) & ~0x1F) === 0 && ((1 << (_la - 32)) & 1835009) !== 0))) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public matching(): MatchingContext {
        let localContext = new MatchingContext(this.context, this.state);
        this.enterRule(localContext, 16, LogQLParser.RULE_matching);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 156;
            _la = this.tokenStream.LA(1);
            if(!(_la === 43 || _la === 44)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            this.state = 157;
            this.names();
            this.state = 162;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 45 || _la === 46) {
                {
                this.state = 158;
                _la = this.tokenStream.LA(1);
                if(!(_la === 45 || _la === 46)) {
                this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 160;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 14, this.context) ) {
                case 1:
                    {
                    this.state = 159;
                    this.names();
                    }
                    break;
                }
                }
            }

            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public logRange(): LogRangeContext {
        let localContext = new LogRangeContext(this.context, this.state);
        this.enterRule(localContext, 18, LogQLParser.RULE_logRange);
        let _la: number;
        try {
            let alternative: number;
            this.state = 222;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 27, this.context) ) {
            case 1:
                localContext = new BracketedRangeContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 164;
                this.match(LogQLParser.OPEN);
                this.state = 165;
                this.logRange();
                this.state = 166;
                this.match(LogQLParser.T__1);
                }
                break;
            case 2:
                localContext = new RangeFirstContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 168;
                this.selector();
                this.state = 169;
                this.match(LogQLParser.RANGE);
                this.state = 171;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 47) {
                    {
                    this.state = 170;
                    this.offset();
                    }
                }

                this.state = 176;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 17, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 173;
                        this.stage();
                        }
                        }
                    }
                    this.state = 178;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 17, this.context);
                }
                this.state = 180;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 14) {
                    {
                    this.state = 179;
                    this.unwrap();
                    }
                }

                }
                break;
            case 3:
                localContext = new RangeLastContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 182;
                this.selector();
                this.state = 186;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 19, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 183;
                        this.stage();
                        }
                        }
                    }
                    this.state = 188;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 19, this.context);
                }
                this.state = 190;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 14) {
                    {
                    this.state = 189;
                    this.unwrap();
                    }
                }

                this.state = 192;
                this.match(LogQLParser.RANGE);
                this.state = 194;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 47) {
                    {
                    this.state = 193;
                    this.offset();
                    }
                }

                }
                break;
            case 4:
                localContext = new RangeOfSelectorContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 196;
                this.match(LogQLParser.OPEN);
                this.state = 197;
                this.selector();
                this.state = 198;
                this.match(LogQLParser.T__1);
                this.state = 199;
                this.match(LogQLParser.RANGE);
                this.state = 201;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 47) {
                    {
                    this.state = 200;
                    this.offset();
                    }
                }

                this.state = 204;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 14) {
                    {
                    this.state = 203;
                    this.unwrap();
                    }
                }

                }
                break;
            case 5:
                localContext = new RangeOfBracketedContext(localContext);
                this.enterOuterAlt(localContext, 5);
                {
                this.state = 206;
                this.match(LogQLParser.OPEN);
                this.state = 207;
                this.selector();
                this.state = 211;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 24, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 208;
                        this.stage();
                        }
                        }
                    }
                    this.state = 213;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 24, this.context);
                }
                this.state = 215;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 14) {
                    {
                    this.state = 214;
                    this.unwrap();
                    }
                }

                this.state = 217;
                this.match(LogQLParser.T__1);
                this.state = 218;
                this.match(LogQLParser.RANGE);
                this.state = 220;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 47) {
                    {
                    this.state = 219;
                    this.offset();
                    }
                }

                }
                break;
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public offset(): OffsetContext {
        let localContext = new OffsetContext(this.context, this.state);
        this.enterRule(localContext, 20, LogQLParser.RULE_offset);
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 224;
            this.match(LogQLParser.OFFSET);
            this.state = 225;
            this.match(LogQLParser.DURATION);
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public unwrap(): UnwrapContext {
        let localContext = new UnwrapContext(this.context, this.state);
        this.enterRule(localContext, 22, LogQLParser.RULE_unwrap);
        let _la: number;
        try {
            this.state = 250;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 30, this.context) ) {
            case 1:
                localContext = new UnwrapLabelContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 227;
                this.match(LogQLParser.T__13);
                this.state = 228;
                this.match(LogQLParser.UNWRAP);
                this.state = 229;
                this.match(LogQLParser.NAME);
                this.state = 234;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 14) {
                    {
                    {
                    this.state = 230;
                    this.match(LogQLParser.T__13);
                    this.state = 231;
                    this.labelFilter();
                    }
                    }
                    this.state = 236;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                }
                break;
            case 2:
                localContext = new UnwrapConvertedContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 237;
                this.match(LogQLParser.T__13);
                this.state = 238;
                this.match(LogQLParser.UNWRAP);
                this.state = 239;
                this.match(LogQLParser.CONVERSION);
                this.state = 240;
                this.match(LogQLParser.OPEN);
                this.state = 241;
                this.match(LogQLParser.NAME);
                this.state = 242;
                this.match(LogQLParser.T__1);
                this.state = 247;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 14) {
                    {
                    {
                    this.state = 243;
                    this.match(LogQLParser.T__13);
                    this.state = 244;
                    this.labelFilter();
                    }
                    }
                    this.state = 249;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                }
                break;
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public selector(): SelectorContext {
        let localContext = new SelectorContext(this.context, this.state);
        this.enterRule(localContext, 24, LogQLParser.RULE_selector);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 252;
            this.match(LogQLParser.T__14);
            this.state = 261;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 29) {
                {
                this.state = 253;
                this.matcher();
                this.state = 258;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 1) {
                    {
                    {
                    this.state = 254;
                    this.match(LogQLParser.T__0);
                    this.state = 255;
                    this.matcher();
                    }
                    }
                    this.state = 260;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                }
            }

            this.state = 263;
            this.match(LogQLParser.T__15);
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public matcher(): MatcherContext {
        let localContext = new MatcherContext(this.context, this.state);
        this.enterRule(localContext, 26, LogQLParser.RULE_matcher);
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 265;
            this.match(LogQLParser.NAME);
            this.state = 266;
            this.matchOp();
            this.state = 267;
            this.match(LogQLParser.STRING);
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public matchOp(): MatchOpContext {
        let localContext = new MatchOpContext(this.context, this.state);
        this.enterRule(localContext, 28, LogQLParser.RULE_matchOp);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 269;
            _la = this.tokenStream.LA(1);
            if(!((((_la) & ~0x1F) === 0 && ((1 << _la) & 917536) !== 0))) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public stage(): StageContext {
        let localContext = new StageContext(this.context, this.state);
        this.enterRule(localContext, 30, LogQLParser.RULE_stage);
        let _la: number;
        try {
            let alternative: number;
            this.state = 310;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 38, this.context) ) {
            case 1:
                localContext = new LineFilterContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 271;
                this.lineOp();
                this.state = 272;
                this.lineText();
                this.state = 277;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 33, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 273;
                        this.match(LogQLParser.OR);
                        this.state = 274;
                        this.lineText();
                        }
                        }
                    }
                    this.state = 279;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 33, this.context);
                }
                }
                break;
            case 2:
                localContext = new LabelFilterStageContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 280;
                this.match(LogQLParser.T__13);
                this.state = 281;
                this.labelFilter();
                }
                break;
            case 3:
                localContext = new NamedStageContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 282;
                this.match(LogQLParser.T__13);
                this.state = 283;
                this.match(LogQLParser.STAGE);
                this.state = 287;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 28) {
                    {
                    {
                    this.state = 284;
                    this.match(LogQLParser.FLAG);
                    }
                    }
                    this.state = 289;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                this.state = 298;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 26 || _la === 29) {
                    {
                    this.state = 290;
                    this.argument();
                    this.state = 295;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 35, this.context);
                    while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                        if (alternative === 1) {
                            {
                            {
                            this.state = 291;
                            this.match(LogQLParser.T__0);
                            this.state = 292;
                            this.argument();
                            }
                            }
                        }
                        this.state = 297;
                        this.errorHandler.sync(this);
                        alternative = this.interpreter.adaptivePredict(this.tokenStream, 35, this.context);
                    }
                    }
                }

                }
                break;
            case 4:
                localContext = new LabelStageContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 300;
                this.match(LogQLParser.T__13);
                this.state = 301;
                this.match(LogQLParser.LABEL_STAGE);
                this.state = 302;
                this.labelArgument();
                this.state = 307;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 37, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 303;
                        this.match(LogQLParser.T__0);
                        this.state = 304;
                        this.labelArgument();
                        }
                        }
                    }
                    this.state = 309;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 37, this.context);
                }
                }
                break;
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public lineOp(): LineOpContext {
        let localContext = new LineOpContext(this.context, this.state);
        this.enterRule(localContext, 32, LogQLParser.RULE_lineOp);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 312;
            _la = this.tokenStream.LA(1);
            if(!((((_la) & ~0x1F) === 0 && ((1 << _la) & 16252960) !== 0))) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public lineText(): LineTextContext {
        let localContext = new LineTextContext(this.context, this.state);
        this.enterRule(localContext, 34, LogQLParser.RULE_lineText);
        try {
            this.state = 319;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case LogQLParser.STRING:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 314;
                this.match(LogQLParser.STRING);
                }
                break;
            case LogQLParser.IP:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 315;
                this.match(LogQLParser.IP);
                this.state = 316;
                this.match(LogQLParser.OPEN);
                this.state = 317;
                this.match(LogQLParser.STRING);
                this.state = 318;
                this.match(LogQLParser.T__1);
                }
                break;
            default:
                throw new antlr.NoViableAltException(this);
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public argument(): ArgumentContext {
        let localContext = new ArgumentContext(this.context, this.state);
        this.enterRule(localContext, 36, LogQLParser.RULE_argument);
        let _la: number;
        try {
            this.state = 327;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case LogQLParser.STRING:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 321;
                this.match(LogQLParser.STRING);
                }
                break;
            case LogQLParser.NAME:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 322;
                this.match(LogQLParser.NAME);
                this.state = 325;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 17) {
                    {
                    this.state = 323;
                    this.match(LogQLParser.T__16);
                    this.state = 324;
                    _la = this.tokenStream.LA(1);
                    if(!(_la === 26 || _la === 29)) {
                    this.errorHandler.recoverInline(this);
                    }
                    else {
                        this.errorHandler.reportMatch(this);
                        this.consume();
                    }
                    }
                }

                }
                break;
            default:
                throw new antlr.NoViableAltException(this);
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public labelArgument(): LabelArgumentContext {
        let localContext = new LabelArgumentContext(this.context, this.state);
        this.enterRule(localContext, 38, LogQLParser.RULE_labelArgument);
        try {
            this.state = 331;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 42, this.context) ) {
            case 1:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 329;
                this.matcher();
                }
                break;
            case 2:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 330;
                this.match(LogQLParser.NAME);
                }
                break;
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public labelFilter(): LabelFilterContext {
        let localContext = new LabelFilterContext(this.context, this.state);
        this.enterRule(localContext, 40, LogQLParser.RULE_labelFilter);
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 333;
            this.labelTerm();
            this.state = 337;
            this.errorHandler.sync(this);
            alternative = this.interpreter.adaptivePredict(this.tokenStream, 43, this.context);
            while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                if (alternative === 1) {
                    {
                    {
                    this.state = 334;
                    this.labelRest();
                    }
                    }
                }
                this.state = 339;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 43, this.context);
            }
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public labelRest(): LabelRestContext {
        let localContext = new LabelRestContext(this.context, this.state);
        this.enterRule(localContext, 42, LogQLParser.RULE_labelRest);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 341;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 1 || _la === 50 || _la === 51) {
                {
                this.state = 340;
                _la = this.tokenStream.LA(1);
                if(!(_la === 1 || _la === 50 || _la === 51)) {
                this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                }
            }

            this.state = 343;
            this.labelTerm();
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public labelTerm(): LabelTermContext {
        let localContext = new LabelTermContext(this.context, this.state);
        this.enterRule(localContext, 44, LogQLParser.RULE_labelTerm);
        try {
            this.state = 361;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 45, this.context) ) {
            case 1:
                localContext = new BracketedFilterContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 345;
                this.match(LogQLParser.OPEN);
                this.state = 346;
                this.labelFilter();
                this.state = 347;
                this.match(LogQLParser.T__1);
                }
                break;
            case 2:
                localContext = new MatcherFilterContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 349;
                this.matcher();
                }
                break;
            case 3:
                localContext = new IpFilterContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 350;
                this.match(LogQLParser.NAME);
                this.state = 351;
                this.ipOp();
                this.state = 352;
                this.match(LogQLParser.IP);
                this.state = 353;
                this.match(LogQLParser.OPEN);
                this.state = 354;
                this.match(LogQLParser.STRING);
                this.state = 355;
                this.match(LogQLParser.T__1);
                }
                break;
            case 4:
                localContext = new CompareFilterContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 357;
                this.match(LogQLParser.NAME);
                this.state = 358;
                this.compareOp();
                this.state = 359;
                this.quantity();
                }
                break;
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public ipOp(): IpOpContext {
        let localContext = new IpOpContext(this.context, this.state);
        this.enterRule(localContext, 46, LogQLParser.RULE_ipOp);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 363;
            _la = this.tokenStream.LA(1);
            if(!(_la === 5 || _la === 17)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public compareOp(): CompareOpContext {
        let localContext = new CompareOpContext(this.context, this.state);
        this.enterRule(localContext, 48, LogQLParser.RULE_compareOp);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 365;
            _la = this.tokenStream.LA(1);
            if(!((((_la) & ~0x1F) === 0 && ((1 << _la) & 132080) !== 0))) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }
    public quantity(): QuantityContext {
        let localContext = new QuantityContext(this.context, this.state);
        this.enterRule(localContext, 50, LogQLParser.RULE_quantity);
        try {
            this.state = 370;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case LogQLParser.T__2:
            case LogQLParser.MINUS:
            case LogQLParser.NUMBER:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 367;
                this.number_();
                }
                break;
            case LogQLParser.DURATION:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 368;
                this.match(LogQLParser.DURATION);
                }
                break;
            case LogQLParser.SIZE:
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 369;
                this.match(LogQLParser.SIZE);
                }
                break;
            default:
                throw new antlr.NoViableAltException(this);
            }
        }
        catch (re) {
            if (re instanceof antlr.RecognitionException) {
                this.errorHandler.reportError(this, re);
                this.errorHandler.recover(this, re);
            } else {
                throw re;
            }
        }
        finally {
            this.exitRule();
        }
        return localContext;
    }

    public static readonly _serializedATN: number[] = [
        4,1,59,373,2,0,7,0,2,1,7,1,2,2,7,2,2,3,7,3,2,4,7,4,2,5,7,5,2,6,7,
        6,2,7,7,7,2,8,7,8,2,9,7,9,2,10,7,10,2,11,7,11,2,12,7,12,2,13,7,13,
        2,14,7,14,2,15,7,15,2,16,7,16,2,17,7,17,2,18,7,18,2,19,7,19,2,20,
        7,20,2,21,7,21,2,22,7,22,2,23,7,23,2,24,7,24,2,25,7,25,1,0,1,0,1,
        0,1,1,1,1,1,1,1,1,5,1,60,8,1,10,1,12,1,63,9,1,1,2,1,2,5,2,67,8,2,
        10,2,12,2,70,9,2,1,2,1,2,1,2,1,2,1,2,3,2,77,8,2,1,2,1,2,1,2,3,2,
        82,8,2,1,2,1,2,1,2,1,2,1,2,3,2,89,8,2,1,2,1,2,1,2,1,2,1,2,1,2,1,
        2,3,2,98,8,2,1,2,1,2,1,2,3,2,103,8,2,1,2,1,2,1,2,1,2,1,2,5,2,110,
        8,2,10,2,12,2,113,9,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,3,
        2,125,8,2,1,3,3,3,128,8,3,1,3,1,3,1,4,1,4,1,4,1,5,1,5,1,5,1,5,5,
        5,139,8,5,10,5,12,5,142,9,5,3,5,144,8,5,1,5,1,5,1,6,1,6,3,6,150,
        8,6,1,6,3,6,153,8,6,1,7,1,7,1,8,1,8,1,8,1,8,3,8,161,8,8,3,8,163,
        8,8,1,9,1,9,1,9,1,9,1,9,1,9,1,9,3,9,172,8,9,1,9,5,9,175,8,9,10,9,
        12,9,178,9,9,1,9,3,9,181,8,9,1,9,1,9,5,9,185,8,9,10,9,12,9,188,9,
        9,1,9,3,9,191,8,9,1,9,1,9,3,9,195,8,9,1,9,1,9,1,9,1,9,1,9,3,9,202,
        8,9,1,9,3,9,205,8,9,1,9,1,9,1,9,5,9,210,8,9,10,9,12,9,213,9,9,1,
        9,3,9,216,8,9,1,9,1,9,1,9,3,9,221,8,9,3,9,223,8,9,1,10,1,10,1,10,
        1,11,1,11,1,11,1,11,1,11,5,11,233,8,11,10,11,12,11,236,9,11,1,11,
        1,11,1,11,1,11,1,11,1,11,1,11,1,11,5,11,246,8,11,10,11,12,11,249,
        9,11,3,11,251,8,11,1,12,1,12,1,12,1,12,5,12,257,8,12,10,12,12,12,
        260,9,12,3,12,262,8,12,1,12,1,12,1,13,1,13,1,13,1,13,1,14,1,14,1,
        15,1,15,1,15,1,15,5,15,276,8,15,10,15,12,15,279,9,15,1,15,1,15,1,
        15,1,15,1,15,5,15,286,8,15,10,15,12,15,289,9,15,1,15,1,15,1,15,5,
        15,294,8,15,10,15,12,15,297,9,15,3,15,299,8,15,1,15,1,15,1,15,1,
        15,1,15,5,15,306,8,15,10,15,12,15,309,9,15,3,15,311,8,15,1,16,1,
        16,1,17,1,17,1,17,1,17,1,17,3,17,320,8,17,1,18,1,18,1,18,1,18,3,
        18,326,8,18,3,18,328,8,18,1,19,1,19,3,19,332,8,19,1,20,1,20,5,20,
        336,8,20,10,20,12,20,339,9,20,1,21,3,21,342,8,21,1,21,1,21,1,22,
        1,22,1,22,1,22,1,22,1,22,1,22,1,22,1,22,1,22,1,22,1,22,1,22,1,22,
        1,22,1,22,3,22,362,8,22,1,23,1,23,1,24,1,24,1,25,1,25,1,25,3,25,
        371,8,25,1,25,0,0,26,0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,
        32,34,36,38,40,42,44,46,48,50,0,11,2,0,3,3,32,32,1,0,40,41,3,0,3,
        13,32,32,50,52,1,0,43,44,1,0,45,46,2,0,5,5,17,19,2,0,5,5,19,23,2,
        0,26,26,29,29,2,0,1,1,50,51,2,0,5,5,17,17,2,0,4,9,17,17,407,0,52,
        1,0,0,0,2,55,1,0,0,0,4,124,1,0,0,0,6,127,1,0,0,0,8,131,1,0,0,0,10,
        134,1,0,0,0,12,147,1,0,0,0,14,154,1,0,0,0,16,156,1,0,0,0,18,222,
        1,0,0,0,20,224,1,0,0,0,22,250,1,0,0,0,24,252,1,0,0,0,26,265,1,0,
        0,0,28,269,1,0,0,0,30,310,1,0,0,0,32,312,1,0,0,0,34,319,1,0,0,0,
        36,327,1,0,0,0,38,331,1,0,0,0,40,333,1,0,0,0,42,341,1,0,0,0,44,361,
        1,0,0,0,46,363,1,0,0,0,48,365,1,0,0,0,50,370,1,0,0,0,52,53,3,2,1,
        0,53,54,5,0,0,1,54,1,1,0,0,0,55,61,3,4,2,0,56,57,3,12,6,0,57,58,
        3,4,2,0,58,60,1,0,0,0,59,56,1,0,0,0,60,63,1,0,0,0,61,59,1,0,0,0,
        61,62,1,0,0,0,62,3,1,0,0,0,63,61,1,0,0,0,64,68,3,24,12,0,65,67,3,
        30,15,0,66,65,1,0,0,0,67,70,1,0,0,0,68,66,1,0,0,0,68,69,1,0,0,0,
        69,125,1,0,0,0,70,68,1,0,0,0,71,125,3,6,3,0,72,73,5,53,0,0,73,76,
        5,31,0,0,74,75,5,37,0,0,75,77,5,1,0,0,76,74,1,0,0,0,76,77,1,0,0,
        0,77,78,1,0,0,0,78,79,3,18,9,0,79,81,5,2,0,0,80,82,3,8,4,0,81,80,
        1,0,0,0,81,82,1,0,0,0,82,125,1,0,0,0,83,84,5,54,0,0,84,85,3,8,4,
        0,85,88,5,31,0,0,86,87,5,37,0,0,87,89,5,1,0,0,88,86,1,0,0,0,88,89,
        1,0,0,0,89,90,1,0,0,0,90,91,3,2,1,0,91,92,5,2,0,0,92,125,1,0,0,0,
        93,94,5,54,0,0,94,97,5,31,0,0,95,96,5,37,0,0,96,98,5,1,0,0,97,95,
        1,0,0,0,97,98,1,0,0,0,98,99,1,0,0,0,99,100,3,2,1,0,100,102,5,2,0,
        0,101,103,3,8,4,0,102,101,1,0,0,0,102,103,1,0,0,0,103,125,1,0,0,
        0,104,105,5,56,0,0,105,106,5,31,0,0,106,111,3,2,1,0,107,108,5,1,
        0,0,108,110,5,26,0,0,109,107,1,0,0,0,110,113,1,0,0,0,111,109,1,0,
        0,0,111,112,1,0,0,0,112,114,1,0,0,0,113,111,1,0,0,0,114,115,5,2,
        0,0,115,125,1,0,0,0,116,117,5,55,0,0,117,118,5,31,0,0,118,119,5,
        37,0,0,119,125,5,2,0,0,120,121,5,31,0,0,121,122,3,2,1,0,122,123,
        5,2,0,0,123,125,1,0,0,0,124,64,1,0,0,0,124,71,1,0,0,0,124,72,1,0,
        0,0,124,83,1,0,0,0,124,93,1,0,0,0,124,104,1,0,0,0,124,116,1,0,0,
        0,124,120,1,0,0,0,125,5,1,0,0,0,126,128,7,0,0,0,127,126,1,0,0,0,
        127,128,1,0,0,0,128,129,1,0,0,0,129,130,5,37,0,0,130,7,1,0,0,0,131,
        132,7,1,0,0,132,133,3,10,5,0,133,9,1,0,0,0,134,143,5,31,0,0,135,
        140,5,29,0,0,136,137,5,1,0,0,137,139,5,29,0,0,138,136,1,0,0,0,139,
        142,1,0,0,0,140,138,1,0,0,0,140,141,1,0,0,0,141,144,1,0,0,0,142,
        140,1,0,0,0,143,135,1,0,0,0,143,144,1,0,0,0,144,145,1,0,0,0,145,
        146,5,2,0,0,146,11,1,0,0,0,147,149,3,14,7,0,148,150,5,42,0,0,149,
        148,1,0,0,0,149,150,1,0,0,0,150,152,1,0,0,0,151,153,3,16,8,0,152,
        151,1,0,0,0,152,153,1,0,0,0,153,13,1,0,0,0,154,155,7,2,0,0,155,15,
        1,0,0,0,156,157,7,3,0,0,157,162,3,10,5,0,158,160,7,4,0,0,159,161,
        3,10,5,0,160,159,1,0,0,0,160,161,1,0,0,0,161,163,1,0,0,0,162,158,
        1,0,0,0,162,163,1,0,0,0,163,17,1,0,0,0,164,165,5,31,0,0,165,166,
        3,18,9,0,166,167,5,2,0,0,167,223,1,0,0,0,168,169,3,24,12,0,169,171,
        5,27,0,0,170,172,3,20,10,0,171,170,1,0,0,0,171,172,1,0,0,0,172,176,
        1,0,0,0,173,175,3,30,15,0,174,173,1,0,0,0,175,178,1,0,0,0,176,174,
        1,0,0,0,176,177,1,0,0,0,177,180,1,0,0,0,178,176,1,0,0,0,179,181,
        3,22,11,0,180,179,1,0,0,0,180,181,1,0,0,0,181,223,1,0,0,0,182,186,
        3,24,12,0,183,185,3,30,15,0,184,183,1,0,0,0,185,188,1,0,0,0,186,
        184,1,0,0,0,186,187,1,0,0,0,187,190,1,0,0,0,188,186,1,0,0,0,189,
        191,3,22,11,0,190,189,1,0,0,0,190,191,1,0,0,0,191,192,1,0,0,0,192,
        194,5,27,0,0,193,195,3,20,10,0,194,193,1,0,0,0,194,195,1,0,0,0,195,
        223,1,0,0,0,196,197,5,31,0,0,197,198,3,24,12,0,198,199,5,2,0,0,199,
        201,5,27,0,0,200,202,3,20,10,0,201,200,1,0,0,0,201,202,1,0,0,0,202,
        204,1,0,0,0,203,205,3,22,11,0,204,203,1,0,0,0,204,205,1,0,0,0,205,
        223,1,0,0,0,206,207,5,31,0,0,207,211,3,24,12,0,208,210,3,30,15,0,
        209,208,1,0,0,0,210,213,1,0,0,0,211,209,1,0,0,0,211,212,1,0,0,0,
        212,215,1,0,0,0,213,211,1,0,0,0,214,216,3,22,11,0,215,214,1,0,0,
        0,215,216,1,0,0,0,216,217,1,0,0,0,217,218,5,2,0,0,218,220,5,27,0,
        0,219,221,3,20,10,0,220,219,1,0,0,0,220,221,1,0,0,0,221,223,1,0,
        0,0,222,164,1,0,0,0,222,168,1,0,0,0,222,182,1,0,0,0,222,196,1,0,
        0,0,222,206,1,0,0,0,223,19,1,0,0,0,224,225,5,47,0,0,225,226,5,38,
        0,0,226,21,1,0,0,0,227,228,5,14,0,0,228,229,5,48,0,0,229,234,5,29,
        0,0,230,231,5,14,0,0,231,233,3,40,20,0,232,230,1,0,0,0,233,236,1,
        0,0,0,234,232,1,0,0,0,234,235,1,0,0,0,235,251,1,0,0,0,236,234,1,
        0,0,0,237,238,5,14,0,0,238,239,5,48,0,0,239,240,5,57,0,0,240,241,
        5,31,0,0,241,242,5,29,0,0,242,247,5,2,0,0,243,244,5,14,0,0,244,246,
        3,40,20,0,245,243,1,0,0,0,246,249,1,0,0,0,247,245,1,0,0,0,247,248,
        1,0,0,0,248,251,1,0,0,0,249,247,1,0,0,0,250,227,1,0,0,0,250,237,
        1,0,0,0,251,23,1,0,0,0,252,261,5,15,0,0,253,258,3,26,13,0,254,255,
        5,1,0,0,255,257,3,26,13,0,256,254,1,0,0,0,257,260,1,0,0,0,258,256,
        1,0,0,0,258,259,1,0,0,0,259,262,1,0,0,0,260,258,1,0,0,0,261,253,
        1,0,0,0,261,262,1,0,0,0,262,263,1,0,0,0,263,264,5,16,0,0,264,25,
        1,0,0,0,265,266,5,29,0,0,266,267,3,28,14,0,267,268,5,26,0,0,268,
        27,1,0,0,0,269,270,7,5,0,0,270,29,1,0,0,0,271,272,3,32,16,0,272,
        277,3,34,17,0,273,274,5,51,0,0,274,276,3,34,17,0,275,273,1,0,0,0,
        276,279,1,0,0,0,277,275,1,0,0,0,277,278,1,0,0,0,278,311,1,0,0,0,
        279,277,1,0,0,0,280,281,5,14,0,0,281,311,3,40,20,0,282,283,5,14,
        0,0,283,287,5,58,0,0,284,286,5,28,0,0,285,284,1,0,0,0,286,289,1,
        0,0,0,287,285,1,0,0,0,287,288,1,0,0,0,288,298,1,0,0,0,289,287,1,
        0,0,0,290,295,3,36,18,0,291,292,5,1,0,0,292,294,3,36,18,0,293,291,
        1,0,0,0,294,297,1,0,0,0,295,293,1,0,0,0,295,296,1,0,0,0,296,299,
        1,0,0,0,297,295,1,0,0,0,298,290,1,0,0,0,298,299,1,0,0,0,299,311,
        1,0,0,0,300,301,5,14,0,0,301,302,5,59,0,0,302,307,3,38,19,0,303,
        304,5,1,0,0,304,306,3,38,19,0,305,303,1,0,0,0,306,309,1,0,0,0,307,
        305,1,0,0,0,307,308,1,0,0,0,308,311,1,0,0,0,309,307,1,0,0,0,310,
        271,1,0,0,0,310,280,1,0,0,0,310,282,1,0,0,0,310,300,1,0,0,0,311,
        31,1,0,0,0,312,313,7,6,0,0,313,33,1,0,0,0,314,320,5,26,0,0,315,316,
        5,49,0,0,316,317,5,31,0,0,317,318,5,26,0,0,318,320,5,2,0,0,319,314,
        1,0,0,0,319,315,1,0,0,0,320,35,1,0,0,0,321,328,5,26,0,0,322,325,
        5,29,0,0,323,324,5,17,0,0,324,326,7,7,0,0,325,323,1,0,0,0,325,326,
        1,0,0,0,326,328,1,0,0,0,327,321,1,0,0,0,327,322,1,0,0,0,328,37,1,
        0,0,0,329,332,3,26,13,0,330,332,5,29,0,0,331,329,1,0,0,0,331,330,
        1,0,0,0,332,39,1,0,0,0,333,337,3,44,22,0,334,336,3,42,21,0,335,334,
        1,0,0,0,336,339,1,0,0,0,337,335,1,0,0,0,337,338,1,0,0,0,338,41,1,
        0,0,0,339,337,1,0,0,0,340,342,7,8,0,0,341,340,1,0,0,0,341,342,1,
        0,0,0,342,343,1,0,0,0,343,344,3,44,22,0,344,43,1,0,0,0,345,346,5,
        31,0,0,346,347,3,40,20,0,347,348,5,2,0,0,348,362,1,0,0,0,349,362,
        3,26,13,0,350,351,5,29,0,0,351,352,3,46,23,0,352,353,5,49,0,0,353,
        354,5,31,0,0,354,355,5,26,0,0,355,356,5,2,0,0,356,362,1,0,0,0,357,
        358,5,29,0,0,358,359,3,48,24,0,359,360,3,50,25,0,360,362,1,0,0,0,
        361,345,1,0,0,0,361,349,1,0,0,0,361,350,1,0,0,0,361,357,1,0,0,0,
        362,45,1,0,0,0,363,364,7,9,0,0,364,47,1,0,0,0,365,366,7,10,0,0,366,
        49,1,0,0,0,367,371,3,6,3,0,368,371,5,38,0,0,369,371,5,39,0,0,370,
        367,1,0,0,0,370,368,1,0,0,0,370,369,1,0,0,0,371,51,1,0,0,0,47,61,
        68,76,81,88,97,102,111,124,127,140,143,149,152,160,162,171,176,180,
        186,190,194,201,204,211,215,220,222,234,247,250,258,261,277,287,
        295,298,307,310,319,325,327,331,337,341,361,370
    ];

    private static __ATN: antlr.ATN;
    public static get _ATN(): antlr.ATN {
        if (!LogQLParser.__ATN) {
            LogQLParser.__ATN = new antlr.ATNDeserializer().deserialize(LogQLParser._serializedATN);
        }

        return LogQLParser.__ATN;
    }


    private static readonly vocabulary = new antlr.Vocabulary(LogQLParser.literalNames, LogQLParser.symbolicNames, []);

    public override get vocabulary(): antlr.Vocabulary {
        return LogQLParser.vocabulary;
    }

    private static readonly decisionsToDFA = LogQLParser._ATN.decisionToState.map( (ds: antlr.DecisionState, index: number) => new antlr.DFA(ds, index) );
}

export class QueryContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public expr(): ExprContext {
        return this.getRuleContext(0, ExprContext)!;
    }
    public EOF(): antlr.TerminalNode {
        return this.getToken(LogQLParser.EOF, 0)!;
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_query;
    }
}


export class ExprContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public operand(): OperandContext[];
    public operand(i: number): OperandContext | null;
    public operand(i?: number): OperandContext[] | OperandContext | null {
        if (i === undefined) {
            return this.getRuleContexts(OperandContext);
        }

        return this.getRuleContext(i, OperandContext);
    }
    public binaryOp(): BinaryOpContext[];
    public binaryOp(i: number): BinaryOpContext | null;
    public binaryOp(i?: number): BinaryOpContext[] | BinaryOpContext | null {
        if (i === undefined) {
            return this.getRuleContexts(BinaryOpContext);
        }

        return this.getRuleContext(i, BinaryOpContext);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_expr;
    }
}


export class OperandContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_operand;
    }
    public override copyFrom(ctx: OperandContext): void {
        super.copyFrom(ctx);
    }
}
export class LogQueryContext extends OperandContext {
    public constructor(ctx: OperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public selector(): SelectorContext {
        return this.getRuleContext(0, SelectorContext)!;
    }
    public stage(): StageContext[];
    public stage(i: number): StageContext | null;
    public stage(i?: number): StageContext[] | StageContext | null {
        if (i === undefined) {
            return this.getRuleContexts(StageContext);
        }

        return this.getRuleContext(i, StageContext);
    }
}
export class LiteralContext extends OperandContext {
    public constructor(ctx: OperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public number(): NumberContext {
        return this.getRuleContext(0, NumberContext)!;
    }
}
export class RangeAggregationContext extends OperandContext {
    public constructor(ctx: OperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public RANGE_OPERATION(): antlr.TerminalNode {
        return this.getToken(LogQLParser.RANGE_OPERATION, 0)!;
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public logRange(): LogRangeContext {
        return this.getRuleContext(0, LogRangeContext)!;
    }
    public NUMBER(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.NUMBER, 0);
    }
    public grouping(): GroupingContext | null {
        return this.getRuleContext(0, GroupingContext);
    }
}
export class VectorAggregationContext extends OperandContext {
    public constructor(ctx: OperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public VECTOR_OPERATION(): antlr.TerminalNode {
        return this.getToken(LogQLParser.VECTOR_OPERATION, 0)!;
    }
    public grouping(): GroupingContext | null {
        return this.getRuleContext(0, GroupingContext);
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public expr(): ExprContext {
        return this.getRuleContext(0, ExprContext)!;
    }
    public NUMBER(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.NUMBER, 0);
    }
}
export class VectorFunctionContext extends OperandContext {
    public constructor(ctx: OperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public VECTOR_FUNCTION(): antlr.TerminalNode {
        return this.getToken(LogQLParser.VECTOR_FUNCTION, 0)!;
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public expr(): ExprContext {
        return this.getRuleContext(0, ExprContext)!;
    }
    public STRING(): antlr.TerminalNode[];
    public STRING(i: number): antlr.TerminalNode | null;
    public STRING(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(LogQLParser.STRING);
    	} else {
    		return this.getToken(LogQLParser.STRING, i);
    	}
    }
}
export class NumberFunctionContext extends OperandContext {
    public constructor(ctx: OperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public NUMBER_FUNCTION(): antlr.TerminalNode {
        return this.getToken(LogQLParser.NUMBER_FUNCTION, 0)!;
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public NUMBER(): antlr.TerminalNode {
        return this.getToken(LogQLParser.NUMBER, 0)!;
    }
}
export class BracketedContext extends OperandContext {
    public constructor(ctx: OperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public expr(): ExprContext {
        return this.getRuleContext(0, ExprContext)!;
    }
}


export class NumberContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public NUMBER(): antlr.TerminalNode {
        return this.getToken(LogQLParser.NUMBER, 0)!;
    }
    public MINUS(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.MINUS, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_number;
    }
}


export class GroupingContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public names(): NamesContext {
        return this.getRuleContext(0, NamesContext)!;
    }
    public BY(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.BY, 0);
    }
    public WITHOUT(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.WITHOUT, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_grouping;
    }
}


export class NamesContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public NAME(): antlr.TerminalNode[];
    public NAME(i: number): antlr.TerminalNode | null;
    public NAME(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(LogQLParser.NAME);
    	} else {
    		return this.getToken(LogQLParser.NAME, i);
    	}
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_names;
    }
}


export class BinaryOpContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public operator(): OperatorContext {
        return this.getRuleContext(0, OperatorContext)!;
    }
    public BOOL(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.BOOL, 0);
    }
    public matching(): MatchingContext | null {
        return this.getRuleContext(0, MatchingContext);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_binaryOp;
    }
}


export class OperatorContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public OR(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.OR, 0);
    }
    public AND(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.AND, 0);
    }
    public UNLESS(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.UNLESS, 0);
    }
    public MINUS(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.MINUS, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_operator;
    }
}


export class MatchingContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public names(): NamesContext[];
    public names(i: number): NamesContext | null;
    public names(i?: number): NamesContext[] | NamesContext | null {
        if (i === undefined) {
            return this.getRuleContexts(NamesContext);
        }

        return this.getRuleContext(i, NamesContext);
    }
    public ON(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.ON, 0);
    }
    public IGNORING(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.IGNORING, 0);
    }
    public GROUP_LEFT(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.GROUP_LEFT, 0);
    }
    public GROUP_RIGHT(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.GROUP_RIGHT, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_matching;
    }
}


export class LogRangeContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_logRange;
    }
    public override copyFrom(ctx: LogRangeContext): void {
        super.copyFrom(ctx);
    }
}
export class BracketedRangeContext extends LogRangeContext {
    public constructor(ctx: LogRangeContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public logRange(): LogRangeContext {
        return this.getRuleContext(0, LogRangeContext)!;
    }
}
export class RangeFirstContext extends LogRangeContext {
    public constructor(ctx: LogRangeContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public selector(): SelectorContext {
        return this.getRuleContext(0, SelectorContext)!;
    }
    public RANGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.RANGE, 0)!;
    }
    public offset(): OffsetContext | null {
        return this.getRuleContext(0, OffsetContext);
    }
    public stage(): StageContext[];
    public stage(i: number): StageContext | null;
    public stage(i?: number): StageContext[] | StageContext | null {
        if (i === undefined) {
            return this.getRuleContexts(StageContext);
        }

        return this.getRuleContext(i, StageContext);
    }
    public unwrap(): UnwrapContext | null {
        return this.getRuleContext(0, UnwrapContext);
    }
}
export class RangeLastContext extends LogRangeContext {
    public constructor(ctx: LogRangeContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public selector(): SelectorContext {
        return this.getRuleContext(0, SelectorContext)!;
    }
    public RANGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.RANGE, 0)!;
    }
    public stage(): StageContext[];
    public stage(i: number): StageContext | null;
    public stage(i?: number): StageContext[] | StageContext | null {
        if (i === undefined) {
            return this.getRuleContexts(StageContext);
        }

        return this.getRuleContext(i, StageContext);
    }
    public unwrap(): UnwrapContext | null {
        return this.getRuleContext(0, UnwrapContext);
    }
    public offset(): OffsetContext | null {
        return this.getRuleContext(0, OffsetContext);
    }
}
export class RangeOfSelectorContext extends LogRangeContext {
    public constructor(ctx: LogRangeContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public selector(): SelectorContext {
        return this.getRuleContext(0, SelectorContext)!;
    }
    public RANGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.RANGE, 0)!;
    }
    public offset(): OffsetContext | null {
        return this.getRuleContext(0, OffsetContext);
    }
    public unwrap(): UnwrapContext | null {
        return this.getRuleContext(0, UnwrapContext);
    }
}
export class RangeOfBracketedContext extends LogRangeContext {
    public constructor(ctx: LogRangeContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public selector(): SelectorContext {
        return this.getRuleContext(0, SelectorContext)!;
    }
    public RANGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.RANGE, 0)!;
    }
    public stage(): StageContext[];
    public stage(i: number): StageContext | null;
    public stage(i?: number): StageContext[] | StageContext | null {
        if (i === undefined) {
            return this.getRuleContexts(StageContext);
        }

        return this.getRuleContext(i, StageContext);
    }
    public unwrap(): UnwrapContext | null {
        return this.getRuleContext(0, UnwrapContext);
    }
    public offset(): OffsetContext | null {
        return this.getRuleContext(0, OffsetContext);
    }
}


export class OffsetContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public OFFSET(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OFFSET, 0)!;
    }
    public DURATION(): antlr.TerminalNode {
        return this.getToken(LogQLParser.DURATION, 0)!;
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_offset;
    }
}


export class UnwrapContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_unwrap;
    }
    public override copyFrom(ctx: UnwrapContext): void {
        super.copyFrom(ctx);
    }
}
export class UnwrapLabelContext extends UnwrapContext {
    public constructor(ctx: UnwrapContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public UNWRAP(): antlr.TerminalNode {
        return this.getToken(LogQLParser.UNWRAP, 0)!;
    }
    public NAME(): antlr.TerminalNode {
        return this.getToken(LogQLParser.NAME, 0)!;
    }
    public labelFilter(): LabelFilterContext[];
    public labelFilter(i: number): LabelFilterContext | null;
    public labelFilter(i?: number): LabelFilterContext[] | LabelFilterContext | null {
        if (i === undefined) {
            return this.getRuleContexts(LabelFilterContext);
        }

        return this.getRuleContext(i, LabelFilterContext);
    }
}
export class UnwrapConvertedContext extends UnwrapContext {
    public constructor(ctx: UnwrapContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public UNWRAP(): antlr.TerminalNode {
        return this.getToken(LogQLParser.UNWRAP, 0)!;
    }
    public CONVERSION(): antlr.TerminalNode {
        return this.getToken(LogQLParser.CONVERSION, 0)!;
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public NAME(): antlr.TerminalNode {
        return this.getToken(LogQLParser.NAME, 0)!;
    }
    public labelFilter(): LabelFilterContext[];
    public labelFilter(i: number): LabelFilterContext | null;
    public labelFilter(i?: number): LabelFilterContext[] | LabelFilterContext | null {
        if (i === undefined) {
            return this.getRuleContexts(LabelFilterContext);
        }

        return this.getRuleContext(i, LabelFilterContext);
    }
}


export class SelectorContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public matcher(): MatcherContext[];
    public matcher(i: number): MatcherContext | null;
    public matcher(i?: number): MatcherContext[] | MatcherContext | null {
        if (i === undefined) {
            return this.getRuleContexts(MatcherContext);
        }

        return this.getRuleContext(i, MatcherContext);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_selector;
    }
}


export class MatcherContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public NAME(): antlr.TerminalNode {
        return this.getToken(LogQLParser.NAME, 0)!;
    }
    public matchOp(): MatchOpContext {
        return this.getRuleContext(0, MatchOpContext)!;
    }
    public STRING(): antlr.TerminalNode {
        return this.getToken(LogQLParser.STRING, 0)!;
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_matcher;
    }
}


export class MatchOpContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_matchOp;
    }
}


export class StageContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_stage;
    }
    public override copyFrom(ctx: StageContext): void {
        super.copyFrom(ctx);
    }
}
export class LineFilterContext extends StageContext {
    public constructor(ctx: StageContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public lineOp(): LineOpContext {
        return this.getRuleContext(0, LineOpContext)!;
    }
    public lineText(): LineTextContext[];
    public lineText(i: number): LineTextContext | null;
    public lineText(i?: number): LineTextContext[] | LineTextContext | null {
        if (i === undefined) {
            return this.getRuleContexts(LineTextContext);
        }

        return this.getRuleContext(i, LineTextContext);
    }
    public OR(): antlr.TerminalNode[];
    public OR(i: number): antlr.TerminalNode | null;
    public OR(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(LogQLParser.OR);
    	} else {
    		return this.getToken(LogQLParser.OR, i);
    	}
    }
}
export class LabelFilterStageContext extends StageContext {
    public constructor(ctx: StageContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public labelFilter(): LabelFilterContext {
        return this.getRuleContext(0, LabelFilterContext)!;
    }
}
export class NamedStageContext extends StageContext {
    public constructor(ctx: StageContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public STAGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.STAGE, 0)!;
    }
    public FLAG(): antlr.TerminalNode[];
    public FLAG(i: number): antlr.TerminalNode | null;
    public FLAG(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(LogQLParser.FLAG);
    	} else {
    		return this.getToken(LogQLParser.FLAG, i);
    	}
    }
    public argument(): ArgumentContext[];
    public argument(i: number): ArgumentContext | null;
    public argument(i?: number): ArgumentContext[] | ArgumentContext | null {
        if (i === undefined) {
            return this.getRuleContexts(ArgumentContext);
        }

        return this.getRuleContext(i, ArgumentContext);
    }
}
export class LabelStageContext extends StageContext {
    public constructor(ctx: StageContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public LABEL_STAGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.LABEL_STAGE, 0)!;
    }
    public labelArgument(): LabelArgumentContext[];
    public labelArgument(i: number): LabelArgumentContext | null;
    public labelArgument(i?: number): LabelArgumentContext[] | LabelArgumentContext | null {
        if (i === undefined) {
            return this.getRuleContexts(LabelArgumentContext);
        }

        return this.getRuleContext(i, LabelArgumentContext);
    }
}


export class LineOpContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_lineOp;
    }
}


export class LineTextContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public STRING(): antlr.TerminalNode {
        return this.getToken(LogQLParser.STRING, 0)!;
    }
    public IP(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.IP, 0);
    }
    public OPEN(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.OPEN, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_lineText;
    }
}


export class ArgumentContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public STRING(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.STRING, 0);
    }
    public NAME(): antlr.TerminalNode[];
    public NAME(i: number): antlr.TerminalNode | null;
    public NAME(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(LogQLParser.NAME);
    	} else {
    		return this.getToken(LogQLParser.NAME, i);
    	}
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_argument;
    }
}


export class LabelArgumentContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public matcher(): MatcherContext | null {
        return this.getRuleContext(0, MatcherContext);
    }
    public NAME(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.NAME, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_labelArgument;
    }
}


export class LabelFilterContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public labelTerm(): LabelTermContext {
        return this.getRuleContext(0, LabelTermContext)!;
    }
    public labelRest(): LabelRestContext[];
    public labelRest(i: number): LabelRestContext | null;
    public labelRest(i?: number): LabelRestContext[] | LabelRestContext | null {
        if (i === undefined) {
            return this.getRuleContexts(LabelRestContext);
        }

        return this.getRuleContext(i, LabelRestContext);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_labelFilter;
    }
}


export class LabelRestContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public labelTerm(): LabelTermContext {
        return this.getRuleContext(0, LabelTermContext)!;
    }
    public AND(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.AND, 0);
    }
    public OR(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.OR, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_labelRest;
    }
}


export class LabelTermContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_labelTerm;
    }
    public override copyFrom(ctx: LabelTermContext): void {
        super.copyFrom(ctx);
    }
}
export class BracketedFilterContext extends LabelTermContext {
    public constructor(ctx: LabelTermContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public labelFilter(): LabelFilterContext {
        return this.getRuleContext(0, LabelFilterContext)!;
    }
}
export class MatcherFilterContext extends LabelTermContext {
    public constructor(ctx: LabelTermContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public matcher(): MatcherContext {
        return this.getRuleContext(0, MatcherContext)!;
    }
}
export class IpFilterContext extends LabelTermContext {
    public constructor(ctx: LabelTermContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public NAME(): antlr.TerminalNode {
        return this.getToken(LogQLParser.NAME, 0)!;
    }
    public ipOp(): IpOpContext {
        return this.getRuleContext(0, IpOpContext)!;
    }
    public IP(): antlr.TerminalNode {
        return this.getToken(LogQLParser.IP, 0)!;
    }
    public OPEN(): antlr.TerminalNode {
        return this.getToken(LogQLParser.OPEN, 0)!;
    }
    public STRING(): antlr.TerminalNode {
        return this.getToken(LogQLParser.STRING, 0)!;
    }
}
export class CompareFilterContext extends LabelTermContext {
    public constructor(ctx: LabelTermContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public NAME(): antlr.TerminalNode {
        return this.getToken(LogQLParser.NAME, 0)!;
    }
    public compareOp(): CompareOpContext {
        return this.getRuleContext(0, CompareOpContext)!;
    }
    public quantity(): QuantityContext {
        return this.getRuleContext(0, QuantityContext)!;
    }
}


export class IpOpContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_ipOp;
    }
}


export class CompareOpContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_compareOp;
    }
}


export class QuantityContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public number(): NumberContext | null {
        return this.getRuleContext(0, NumberContext);
    }
    public DURATION(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.DURATION, 0);
    }
    public SIZE(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.SIZE, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_quantity;
    }
}
