// @ts-nocheck Generated from grammars/*.g4 by scripts/generate.sh
import * as antlr from "antlr4ng";
import { Token } from "antlr4ng";

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
    public static readonly PLAIN_STAGE = 58;
    public static readonly TEXT_STAGE = 59;
    public static readonly EXTRACTION_STAGE = 60;
    public static readonly FORMAT_STAGE = 61;
    public static readonly LABEL_STAGE = 62;
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
    public static readonly RULE_extraction = 18;
    public static readonly RULE_format = 19;
    public static readonly RULE_labelArgument = 20;
    public static readonly RULE_labelFilter = 21;
    public static readonly RULE_labelRest = 22;
    public static readonly RULE_labelTerm = 23;
    public static readonly RULE_ipOp = 24;
    public static readonly RULE_compareOp = 25;
    public static readonly RULE_quantity = 26;

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
        "NUMBER_FUNCTION", "VECTOR_FUNCTION", "CONVERSION", "PLAIN_STAGE",
        "TEXT_STAGE", "EXTRACTION_STAGE", "FORMAT_STAGE", "LABEL_STAGE"
    ];
    public static readonly ruleNames = [
        "query", "expr", "operand", "number", "grouping", "names", "binaryOp",
        "operator", "matching", "logRange", "offset", "unwrap", "selector",
        "matcher", "matchOp", "stage", "lineOp", "lineText", "extraction",
        "format", "labelArgument", "labelFilter", "labelRest", "labelTerm",
        "ipOp", "compareOp", "quantity",
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
            this.state = 54;
            this.expr();
            this.state = 55;
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
            this.state = 57;
            this.operand();
            this.state = 63;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            while ((((_la) & ~0x1F) === 0 && ((1 << _la) & 16376) !== 0) || ((((_la - 32)) & ~0x1F) === 0 && ((1 << (_la - 32)) & 1835009) !== 0)) {
                {
                {
                this.state = 58;
                this.binaryOp();
                this.state = 59;
                this.operand();
                }
                }
                this.state = 65;
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
            this.state = 126;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 8, this.context) ) {
            case 1:
                localContext = new LogQueryContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 66;
                this.selector();
                this.state = 70;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 1, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 67;
                        this.stage();
                        }
                        }
                    }
                    this.state = 72;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 1, this.context);
                }
                }
                break;
            case 2:
                localContext = new LiteralContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 73;
                this.number_();
                }
                break;
            case 3:
                localContext = new RangeAggregationContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 74;
                this.match(LogQLParser.RANGE_OPERATION);
                this.state = 75;
                this.match(LogQLParser.OPEN);
                this.state = 78;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 37) {
                    {
                    this.state = 76;
                    this.match(LogQLParser.NUMBER);
                    this.state = 77;
                    this.match(LogQLParser.T__0);
                    }
                }

                this.state = 80;
                this.logRange();
                this.state = 81;
                this.match(LogQLParser.T__1);
                this.state = 83;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 40 || _la === 41) {
                    {
                    this.state = 82;
                    this.grouping();
                    }
                }

                }
                break;
            case 4:
                localContext = new VectorAggregationContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 85;
                this.match(LogQLParser.VECTOR_OPERATION);
                this.state = 86;
                this.grouping();
                this.state = 87;
                this.match(LogQLParser.OPEN);
                this.state = 90;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 4, this.context) ) {
                case 1:
                    {
                    this.state = 88;
                    this.match(LogQLParser.NUMBER);
                    this.state = 89;
                    this.match(LogQLParser.T__0);
                    }
                    break;
                }
                this.state = 92;
                this.expr();
                this.state = 93;
                this.match(LogQLParser.T__1);
                }
                break;
            case 5:
                localContext = new VectorAggregationContext(localContext);
                this.enterOuterAlt(localContext, 5);
                {
                this.state = 95;
                this.match(LogQLParser.VECTOR_OPERATION);
                this.state = 96;
                this.match(LogQLParser.OPEN);
                this.state = 99;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 5, this.context) ) {
                case 1:
                    {
                    this.state = 97;
                    this.match(LogQLParser.NUMBER);
                    this.state = 98;
                    this.match(LogQLParser.T__0);
                    }
                    break;
                }
                this.state = 101;
                this.expr();
                this.state = 102;
                this.match(LogQLParser.T__1);
                this.state = 104;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 40 || _la === 41) {
                    {
                    this.state = 103;
                    this.grouping();
                    }
                }

                }
                break;
            case 6:
                localContext = new VectorFunctionContext(localContext);
                this.enterOuterAlt(localContext, 6);
                {
                this.state = 106;
                this.match(LogQLParser.VECTOR_FUNCTION);
                this.state = 107;
                this.match(LogQLParser.OPEN);
                this.state = 108;
                this.expr();
                this.state = 113;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 1) {
                    {
                    {
                    this.state = 109;
                    this.match(LogQLParser.T__0);
                    this.state = 110;
                    this.match(LogQLParser.STRING);
                    }
                    }
                    this.state = 115;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                this.state = 116;
                this.match(LogQLParser.T__1);
                }
                break;
            case 7:
                localContext = new NumberFunctionContext(localContext);
                this.enterOuterAlt(localContext, 7);
                {
                this.state = 118;
                this.match(LogQLParser.NUMBER_FUNCTION);
                this.state = 119;
                this.match(LogQLParser.OPEN);
                this.state = 120;
                this.match(LogQLParser.NUMBER);
                this.state = 121;
                this.match(LogQLParser.T__1);
                }
                break;
            case 8:
                localContext = new BracketedContext(localContext);
                this.enterOuterAlt(localContext, 8);
                {
                this.state = 122;
                this.match(LogQLParser.OPEN);
                this.state = 123;
                this.expr();
                this.state = 124;
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
            this.state = 129;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 3 || _la === 32) {
                {
                this.state = 128;
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

            this.state = 131;
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
            this.state = 133;
            _la = this.tokenStream.LA(1);
            if(!(_la === 40 || _la === 41)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            this.state = 134;
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
            this.state = 136;
            this.match(LogQLParser.OPEN);
            this.state = 145;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 29) {
                {
                this.state = 137;
                this.match(LogQLParser.NAME);
                this.state = 142;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 1) {
                    {
                    {
                    this.state = 138;
                    this.match(LogQLParser.T__0);
                    this.state = 139;
                    this.match(LogQLParser.NAME);
                    }
                    }
                    this.state = 144;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                }
            }

            this.state = 147;
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
            this.state = 149;
            this.operator();
            this.state = 151;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 42) {
                {
                this.state = 150;
                this.match(LogQLParser.BOOL);
                }
            }

            this.state = 154;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 43 || _la === 44) {
                {
                this.state = 153;
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
            this.state = 156;
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
            this.state = 158;
            _la = this.tokenStream.LA(1);
            if(!(_la === 43 || _la === 44)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            this.state = 159;
            this.names();
            this.state = 164;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 45 || _la === 46) {
                {
                this.state = 160;
                _la = this.tokenStream.LA(1);
                if(!(_la === 45 || _la === 46)) {
                this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 162;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 14, this.context) ) {
                case 1:
                    {
                    this.state = 161;
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
            this.state = 224;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 27, this.context) ) {
            case 1:
                localContext = new BracketedRangeContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 166;
                this.match(LogQLParser.OPEN);
                this.state = 167;
                this.logRange();
                this.state = 168;
                this.match(LogQLParser.T__1);
                }
                break;
            case 2:
                localContext = new RangeFirstContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 170;
                this.selector();
                this.state = 171;
                this.match(LogQLParser.RANGE);
                this.state = 173;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 47) {
                    {
                    this.state = 172;
                    this.offset();
                    }
                }

                this.state = 178;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 17, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 175;
                        this.stage();
                        }
                        }
                    }
                    this.state = 180;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 17, this.context);
                }
                this.state = 182;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 14) {
                    {
                    this.state = 181;
                    this.unwrap();
                    }
                }

                }
                break;
            case 3:
                localContext = new RangeLastContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 184;
                this.selector();
                this.state = 188;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 19, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 185;
                        this.stage();
                        }
                        }
                    }
                    this.state = 190;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 19, this.context);
                }
                this.state = 192;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 14) {
                    {
                    this.state = 191;
                    this.unwrap();
                    }
                }

                this.state = 194;
                this.match(LogQLParser.RANGE);
                this.state = 196;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 47) {
                    {
                    this.state = 195;
                    this.offset();
                    }
                }

                }
                break;
            case 4:
                localContext = new RangeOfSelectorContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 198;
                this.match(LogQLParser.OPEN);
                this.state = 199;
                this.selector();
                this.state = 200;
                this.match(LogQLParser.T__1);
                this.state = 201;
                this.match(LogQLParser.RANGE);
                this.state = 203;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 47) {
                    {
                    this.state = 202;
                    this.offset();
                    }
                }

                this.state = 206;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 14) {
                    {
                    this.state = 205;
                    this.unwrap();
                    }
                }

                }
                break;
            case 5:
                localContext = new RangeOfBracketedContext(localContext);
                this.enterOuterAlt(localContext, 5);
                {
                this.state = 208;
                this.match(LogQLParser.OPEN);
                this.state = 209;
                this.selector();
                this.state = 213;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 24, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 210;
                        this.stage();
                        }
                        }
                    }
                    this.state = 215;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 24, this.context);
                }
                this.state = 217;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 14) {
                    {
                    this.state = 216;
                    this.unwrap();
                    }
                }

                this.state = 219;
                this.match(LogQLParser.T__1);
                this.state = 220;
                this.match(LogQLParser.RANGE);
                this.state = 222;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 47) {
                    {
                    this.state = 221;
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
            this.state = 226;
            this.match(LogQLParser.OFFSET);
            this.state = 227;
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
            this.state = 252;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 30, this.context) ) {
            case 1:
                localContext = new UnwrapLabelContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 229;
                this.match(LogQLParser.T__13);
                this.state = 230;
                this.match(LogQLParser.UNWRAP);
                this.state = 231;
                this.match(LogQLParser.NAME);
                this.state = 236;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 14) {
                    {
                    {
                    this.state = 232;
                    this.match(LogQLParser.T__13);
                    this.state = 233;
                    this.labelFilter();
                    }
                    }
                    this.state = 238;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                }
                break;
            case 2:
                localContext = new UnwrapConvertedContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 239;
                this.match(LogQLParser.T__13);
                this.state = 240;
                this.match(LogQLParser.UNWRAP);
                this.state = 241;
                this.match(LogQLParser.CONVERSION);
                this.state = 242;
                this.match(LogQLParser.OPEN);
                this.state = 243;
                this.match(LogQLParser.NAME);
                this.state = 244;
                this.match(LogQLParser.T__1);
                this.state = 249;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 14) {
                    {
                    {
                    this.state = 245;
                    this.match(LogQLParser.T__13);
                    this.state = 246;
                    this.labelFilter();
                    }
                    }
                    this.state = 251;
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
            this.state = 254;
            this.match(LogQLParser.T__14);
            this.state = 263;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 29) {
                {
                this.state = 255;
                this.matcher();
                this.state = 260;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 1) {
                    {
                    {
                    this.state = 256;
                    this.match(LogQLParser.T__0);
                    this.state = 257;
                    this.matcher();
                    }
                    }
                    this.state = 262;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                }
            }

            this.state = 265;
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
            this.state = 267;
            this.match(LogQLParser.NAME);
            this.state = 268;
            this.matchOp();
            this.state = 269;
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
            this.state = 271;
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
            this.state = 327;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 39, this.context) ) {
            case 1:
                localContext = new LineFilterContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 273;
                this.lineOp();
                this.state = 274;
                this.lineText();
                this.state = 279;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 33, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 275;
                        this.match(LogQLParser.OR);
                        this.state = 276;
                        this.lineText();
                        }
                        }
                    }
                    this.state = 281;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 33, this.context);
                }
                }
                break;
            case 2:
                localContext = new LabelFilterStageContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 282;
                this.match(LogQLParser.T__13);
                this.state = 283;
                this.labelFilter();
                }
                break;
            case 3:
                localContext = new PlainStageContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 284;
                this.match(LogQLParser.T__13);
                this.state = 285;
                this.match(LogQLParser.PLAIN_STAGE);
                }
                break;
            case 4:
                localContext = new TextStageContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 286;
                this.match(LogQLParser.T__13);
                this.state = 287;
                this.match(LogQLParser.TEXT_STAGE);
                this.state = 288;
                this.match(LogQLParser.STRING);
                }
                break;
            case 5:
                localContext = new ExtractionStageContext(localContext);
                this.enterOuterAlt(localContext, 5);
                {
                this.state = 289;
                this.match(LogQLParser.T__13);
                this.state = 290;
                this.match(LogQLParser.EXTRACTION_STAGE);
                this.state = 294;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                while (_la === 28) {
                    {
                    {
                    this.state = 291;
                    this.match(LogQLParser.FLAG);
                    }
                    }
                    this.state = 296;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                }
                this.state = 305;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 29) {
                    {
                    this.state = 297;
                    this.extraction();
                    this.state = 302;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 35, this.context);
                    while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                        if (alternative === 1) {
                            {
                            {
                            this.state = 298;
                            this.match(LogQLParser.T__0);
                            this.state = 299;
                            this.extraction();
                            }
                            }
                        }
                        this.state = 304;
                        this.errorHandler.sync(this);
                        alternative = this.interpreter.adaptivePredict(this.tokenStream, 35, this.context);
                    }
                    }
                }

                }
                break;
            case 6:
                localContext = new FormatStageContext(localContext);
                this.enterOuterAlt(localContext, 6);
                {
                this.state = 307;
                this.match(LogQLParser.T__13);
                this.state = 308;
                this.match(LogQLParser.FORMAT_STAGE);
                this.state = 309;
                this.format();
                this.state = 314;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 37, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 310;
                        this.match(LogQLParser.T__0);
                        this.state = 311;
                        this.format();
                        }
                        }
                    }
                    this.state = 316;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 37, this.context);
                }
                }
                break;
            case 7:
                localContext = new LabelStageContext(localContext);
                this.enterOuterAlt(localContext, 7);
                {
                this.state = 317;
                this.match(LogQLParser.T__13);
                this.state = 318;
                this.match(LogQLParser.LABEL_STAGE);
                this.state = 319;
                this.labelArgument();
                this.state = 324;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 38, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 320;
                        this.match(LogQLParser.T__0);
                        this.state = 321;
                        this.labelArgument();
                        }
                        }
                    }
                    this.state = 326;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 38, this.context);
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
            this.state = 329;
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
            this.state = 336;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case LogQLParser.STRING:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 331;
                this.match(LogQLParser.STRING);
                }
                break;
            case LogQLParser.IP:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 332;
                this.match(LogQLParser.IP);
                this.state = 333;
                this.match(LogQLParser.OPEN);
                this.state = 334;
                this.match(LogQLParser.STRING);
                this.state = 335;
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
    public extraction(): ExtractionContext {
        let localContext = new ExtractionContext(this.context, this.state);
        this.enterRule(localContext, 36, LogQLParser.RULE_extraction);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 338;
            this.match(LogQLParser.NAME);
            this.state = 341;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 17) {
                {
                this.state = 339;
                this.match(LogQLParser.T__16);
                this.state = 340;
                this.match(LogQLParser.STRING);
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
    public format(): FormatContext {
        let localContext = new FormatContext(this.context, this.state);
        this.enterRule(localContext, 38, LogQLParser.RULE_format);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 343;
            this.match(LogQLParser.NAME);
            this.state = 344;
            this.match(LogQLParser.T__16);
            this.state = 345;
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
        this.enterRule(localContext, 40, LogQLParser.RULE_labelArgument);
        try {
            this.state = 349;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 42, this.context) ) {
            case 1:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 347;
                this.matcher();
                }
                break;
            case 2:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 348;
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
        this.enterRule(localContext, 42, LogQLParser.RULE_labelFilter);
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 351;
            this.labelTerm();
            this.state = 355;
            this.errorHandler.sync(this);
            alternative = this.interpreter.adaptivePredict(this.tokenStream, 43, this.context);
            while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                if (alternative === 1) {
                    {
                    {
                    this.state = 352;
                    this.labelRest();
                    }
                    }
                }
                this.state = 357;
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
        this.enterRule(localContext, 44, LogQLParser.RULE_labelRest);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 359;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 1 || _la === 50 || _la === 51) {
                {
                this.state = 358;
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

            this.state = 361;
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
        this.enterRule(localContext, 46, LogQLParser.RULE_labelTerm);
        try {
            this.state = 379;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 45, this.context) ) {
            case 1:
                localContext = new BracketedFilterContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 363;
                this.match(LogQLParser.OPEN);
                this.state = 364;
                this.labelFilter();
                this.state = 365;
                this.match(LogQLParser.T__1);
                }
                break;
            case 2:
                localContext = new MatcherFilterContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 367;
                this.matcher();
                }
                break;
            case 3:
                localContext = new IpFilterContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 368;
                this.match(LogQLParser.NAME);
                this.state = 369;
                this.ipOp();
                this.state = 370;
                this.match(LogQLParser.IP);
                this.state = 371;
                this.match(LogQLParser.OPEN);
                this.state = 372;
                this.match(LogQLParser.STRING);
                this.state = 373;
                this.match(LogQLParser.T__1);
                }
                break;
            case 4:
                localContext = new CompareFilterContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 375;
                this.match(LogQLParser.NAME);
                this.state = 376;
                this.compareOp();
                this.state = 377;
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
        this.enterRule(localContext, 48, LogQLParser.RULE_ipOp);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 381;
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
        this.enterRule(localContext, 50, LogQLParser.RULE_compareOp);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 383;
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
        this.enterRule(localContext, 52, LogQLParser.RULE_quantity);
        try {
            this.state = 388;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case LogQLParser.T__2:
            case LogQLParser.MINUS:
            case LogQLParser.NUMBER:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 385;
                this.number_();
                }
                break;
            case LogQLParser.DURATION:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 386;
                this.match(LogQLParser.DURATION);
                }
                break;
            case LogQLParser.SIZE:
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 387;
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
        4,1,62,391,2,0,7,0,2,1,7,1,2,2,7,2,2,3,7,3,2,4,7,4,2,5,7,5,2,6,7,
        6,2,7,7,7,2,8,7,8,2,9,7,9,2,10,7,10,2,11,7,11,2,12,7,12,2,13,7,13,
        2,14,7,14,2,15,7,15,2,16,7,16,2,17,7,17,2,18,7,18,2,19,7,19,2,20,
        7,20,2,21,7,21,2,22,7,22,2,23,7,23,2,24,7,24,2,25,7,25,2,26,7,26,
        1,0,1,0,1,0,1,1,1,1,1,1,1,1,5,1,62,8,1,10,1,12,1,65,9,1,1,2,1,2,
        5,2,69,8,2,10,2,12,2,72,9,2,1,2,1,2,1,2,1,2,1,2,3,2,79,8,2,1,2,1,
        2,1,2,3,2,84,8,2,1,2,1,2,1,2,1,2,1,2,3,2,91,8,2,1,2,1,2,1,2,1,2,
        1,2,1,2,1,2,3,2,100,8,2,1,2,1,2,1,2,3,2,105,8,2,1,2,1,2,1,2,1,2,
        1,2,5,2,112,8,2,10,2,12,2,115,9,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,
        2,1,2,1,2,3,2,127,8,2,1,3,3,3,130,8,3,1,3,1,3,1,4,1,4,1,4,1,5,1,
        5,1,5,1,5,5,5,141,8,5,10,5,12,5,144,9,5,3,5,146,8,5,1,5,1,5,1,6,
        1,6,3,6,152,8,6,1,6,3,6,155,8,6,1,7,1,7,1,8,1,8,1,8,1,8,3,8,163,
        8,8,3,8,165,8,8,1,9,1,9,1,9,1,9,1,9,1,9,1,9,3,9,174,8,9,1,9,5,9,
        177,8,9,10,9,12,9,180,9,9,1,9,3,9,183,8,9,1,9,1,9,5,9,187,8,9,10,
        9,12,9,190,9,9,1,9,3,9,193,8,9,1,9,1,9,3,9,197,8,9,1,9,1,9,1,9,1,
        9,1,9,3,9,204,8,9,1,9,3,9,207,8,9,1,9,1,9,1,9,5,9,212,8,9,10,9,12,
        9,215,9,9,1,9,3,9,218,8,9,1,9,1,9,1,9,3,9,223,8,9,3,9,225,8,9,1,
        10,1,10,1,10,1,11,1,11,1,11,1,11,1,11,5,11,235,8,11,10,11,12,11,
        238,9,11,1,11,1,11,1,11,1,11,1,11,1,11,1,11,1,11,5,11,248,8,11,10,
        11,12,11,251,9,11,3,11,253,8,11,1,12,1,12,1,12,1,12,5,12,259,8,12,
        10,12,12,12,262,9,12,3,12,264,8,12,1,12,1,12,1,13,1,13,1,13,1,13,
        1,14,1,14,1,15,1,15,1,15,1,15,5,15,278,8,15,10,15,12,15,281,9,15,
        1,15,1,15,1,15,1,15,1,15,1,15,1,15,1,15,1,15,1,15,5,15,293,8,15,
        10,15,12,15,296,9,15,1,15,1,15,1,15,5,15,301,8,15,10,15,12,15,304,
        9,15,3,15,306,8,15,1,15,1,15,1,15,1,15,1,15,5,15,313,8,15,10,15,
        12,15,316,9,15,1,15,1,15,1,15,1,15,1,15,5,15,323,8,15,10,15,12,15,
        326,9,15,3,15,328,8,15,1,16,1,16,1,17,1,17,1,17,1,17,1,17,3,17,337,
        8,17,1,18,1,18,1,18,3,18,342,8,18,1,19,1,19,1,19,1,19,1,20,1,20,
        3,20,350,8,20,1,21,1,21,5,21,354,8,21,10,21,12,21,357,9,21,1,22,
        3,22,360,8,22,1,22,1,22,1,23,1,23,1,23,1,23,1,23,1,23,1,23,1,23,
        1,23,1,23,1,23,1,23,1,23,1,23,1,23,1,23,3,23,380,8,23,1,24,1,24,
        1,25,1,25,1,26,1,26,1,26,3,26,389,8,26,1,26,0,0,27,0,2,4,6,8,10,
        12,14,16,18,20,22,24,26,28,30,32,34,36,38,40,42,44,46,48,50,52,0,
        11,2,0,3,3,32,32,1,0,40,41,3,0,3,13,32,32,50,52,1,0,43,44,1,0,45,
        46,2,0,5,5,17,19,2,0,5,5,19,23,2,0,26,26,29,29,2,0,1,1,50,51,2,0,
        5,5,17,17,2,0,4,9,17,17,427,0,54,1,0,0,0,2,57,1,0,0,0,4,126,1,0,
        0,0,6,129,1,0,0,0,8,133,1,0,0,0,10,136,1,0,0,0,12,149,1,0,0,0,14,
        156,1,0,0,0,16,158,1,0,0,0,18,224,1,0,0,0,20,226,1,0,0,0,22,252,
        1,0,0,0,24,254,1,0,0,0,26,267,1,0,0,0,28,271,1,0,0,0,30,327,1,0,
        0,0,32,329,1,0,0,0,34,336,1,0,0,0,36,338,1,0,0,0,38,343,1,0,0,0,
        40,349,1,0,0,0,42,351,1,0,0,0,44,359,1,0,0,0,46,379,1,0,0,0,48,381,
        1,0,0,0,50,383,1,0,0,0,52,388,1,0,0,0,54,55,3,2,1,0,55,56,5,0,0,
        1,56,1,1,0,0,0,57,63,3,4,2,0,58,59,3,12,6,0,59,60,3,4,2,0,60,62,
        1,0,0,0,61,58,1,0,0,0,62,65,1,0,0,0,63,61,1,0,0,0,63,64,1,0,0,0,
        64,3,1,0,0,0,65,63,1,0,0,0,66,70,3,24,12,0,67,69,3,30,15,0,68,67,
        1,0,0,0,69,72,1,0,0,0,70,68,1,0,0,0,70,71,1,0,0,0,71,127,1,0,0,0,
        72,70,1,0,0,0,73,127,3,6,3,0,74,75,5,53,0,0,75,78,5,31,0,0,76,77,
        5,37,0,0,77,79,5,1,0,0,78,76,1,0,0,0,78,79,1,0,0,0,79,80,1,0,0,0,
        80,81,3,18,9,0,81,83,5,2,0,0,82,84,3,8,4,0,83,82,1,0,0,0,83,84,1,
        0,0,0,84,127,1,0,0,0,85,86,5,54,0,0,86,87,3,8,4,0,87,90,5,31,0,0,
        88,89,5,37,0,0,89,91,5,1,0,0,90,88,1,0,0,0,90,91,1,0,0,0,91,92,1,
        0,0,0,92,93,3,2,1,0,93,94,5,2,0,0,94,127,1,0,0,0,95,96,5,54,0,0,
        96,99,5,31,0,0,97,98,5,37,0,0,98,100,5,1,0,0,99,97,1,0,0,0,99,100,
        1,0,0,0,100,101,1,0,0,0,101,102,3,2,1,0,102,104,5,2,0,0,103,105,
        3,8,4,0,104,103,1,0,0,0,104,105,1,0,0,0,105,127,1,0,0,0,106,107,
        5,56,0,0,107,108,5,31,0,0,108,113,3,2,1,0,109,110,5,1,0,0,110,112,
        5,26,0,0,111,109,1,0,0,0,112,115,1,0,0,0,113,111,1,0,0,0,113,114,
        1,0,0,0,114,116,1,0,0,0,115,113,1,0,0,0,116,117,5,2,0,0,117,127,
        1,0,0,0,118,119,5,55,0,0,119,120,5,31,0,0,120,121,5,37,0,0,121,127,
        5,2,0,0,122,123,5,31,0,0,123,124,3,2,1,0,124,125,5,2,0,0,125,127,
        1,0,0,0,126,66,1,0,0,0,126,73,1,0,0,0,126,74,1,0,0,0,126,85,1,0,
        0,0,126,95,1,0,0,0,126,106,1,0,0,0,126,118,1,0,0,0,126,122,1,0,0,
        0,127,5,1,0,0,0,128,130,7,0,0,0,129,128,1,0,0,0,129,130,1,0,0,0,
        130,131,1,0,0,0,131,132,5,37,0,0,132,7,1,0,0,0,133,134,7,1,0,0,134,
        135,3,10,5,0,135,9,1,0,0,0,136,145,5,31,0,0,137,142,5,29,0,0,138,
        139,5,1,0,0,139,141,5,29,0,0,140,138,1,0,0,0,141,144,1,0,0,0,142,
        140,1,0,0,0,142,143,1,0,0,0,143,146,1,0,0,0,144,142,1,0,0,0,145,
        137,1,0,0,0,145,146,1,0,0,0,146,147,1,0,0,0,147,148,5,2,0,0,148,
        11,1,0,0,0,149,151,3,14,7,0,150,152,5,42,0,0,151,150,1,0,0,0,151,
        152,1,0,0,0,152,154,1,0,0,0,153,155,3,16,8,0,154,153,1,0,0,0,154,
        155,1,0,0,0,155,13,1,0,0,0,156,157,7,2,0,0,157,15,1,0,0,0,158,159,
        7,3,0,0,159,164,3,10,5,0,160,162,7,4,0,0,161,163,3,10,5,0,162,161,
        1,0,0,0,162,163,1,0,0,0,163,165,1,0,0,0,164,160,1,0,0,0,164,165,
        1,0,0,0,165,17,1,0,0,0,166,167,5,31,0,0,167,168,3,18,9,0,168,169,
        5,2,0,0,169,225,1,0,0,0,170,171,3,24,12,0,171,173,5,27,0,0,172,174,
        3,20,10,0,173,172,1,0,0,0,173,174,1,0,0,0,174,178,1,0,0,0,175,177,
        3,30,15,0,176,175,1,0,0,0,177,180,1,0,0,0,178,176,1,0,0,0,178,179,
        1,0,0,0,179,182,1,0,0,0,180,178,1,0,0,0,181,183,3,22,11,0,182,181,
        1,0,0,0,182,183,1,0,0,0,183,225,1,0,0,0,184,188,3,24,12,0,185,187,
        3,30,15,0,186,185,1,0,0,0,187,190,1,0,0,0,188,186,1,0,0,0,188,189,
        1,0,0,0,189,192,1,0,0,0,190,188,1,0,0,0,191,193,3,22,11,0,192,191,
        1,0,0,0,192,193,1,0,0,0,193,194,1,0,0,0,194,196,5,27,0,0,195,197,
        3,20,10,0,196,195,1,0,0,0,196,197,1,0,0,0,197,225,1,0,0,0,198,199,
        5,31,0,0,199,200,3,24,12,0,200,201,5,2,0,0,201,203,5,27,0,0,202,
        204,3,20,10,0,203,202,1,0,0,0,203,204,1,0,0,0,204,206,1,0,0,0,205,
        207,3,22,11,0,206,205,1,0,0,0,206,207,1,0,0,0,207,225,1,0,0,0,208,
        209,5,31,0,0,209,213,3,24,12,0,210,212,3,30,15,0,211,210,1,0,0,0,
        212,215,1,0,0,0,213,211,1,0,0,0,213,214,1,0,0,0,214,217,1,0,0,0,
        215,213,1,0,0,0,216,218,3,22,11,0,217,216,1,0,0,0,217,218,1,0,0,
        0,218,219,1,0,0,0,219,220,5,2,0,0,220,222,5,27,0,0,221,223,3,20,
        10,0,222,221,1,0,0,0,222,223,1,0,0,0,223,225,1,0,0,0,224,166,1,0,
        0,0,224,170,1,0,0,0,224,184,1,0,0,0,224,198,1,0,0,0,224,208,1,0,
        0,0,225,19,1,0,0,0,226,227,5,47,0,0,227,228,5,38,0,0,228,21,1,0,
        0,0,229,230,5,14,0,0,230,231,5,48,0,0,231,236,5,29,0,0,232,233,5,
        14,0,0,233,235,3,42,21,0,234,232,1,0,0,0,235,238,1,0,0,0,236,234,
        1,0,0,0,236,237,1,0,0,0,237,253,1,0,0,0,238,236,1,0,0,0,239,240,
        5,14,0,0,240,241,5,48,0,0,241,242,5,57,0,0,242,243,5,31,0,0,243,
        244,5,29,0,0,244,249,5,2,0,0,245,246,5,14,0,0,246,248,3,42,21,0,
        247,245,1,0,0,0,248,251,1,0,0,0,249,247,1,0,0,0,249,250,1,0,0,0,
        250,253,1,0,0,0,251,249,1,0,0,0,252,229,1,0,0,0,252,239,1,0,0,0,
        253,23,1,0,0,0,254,263,5,15,0,0,255,260,3,26,13,0,256,257,5,1,0,
        0,257,259,3,26,13,0,258,256,1,0,0,0,259,262,1,0,0,0,260,258,1,0,
        0,0,260,261,1,0,0,0,261,264,1,0,0,0,262,260,1,0,0,0,263,255,1,0,
        0,0,263,264,1,0,0,0,264,265,1,0,0,0,265,266,5,16,0,0,266,25,1,0,
        0,0,267,268,5,29,0,0,268,269,3,28,14,0,269,270,5,26,0,0,270,27,1,
        0,0,0,271,272,7,5,0,0,272,29,1,0,0,0,273,274,3,32,16,0,274,279,3,
        34,17,0,275,276,5,51,0,0,276,278,3,34,17,0,277,275,1,0,0,0,278,281,
        1,0,0,0,279,277,1,0,0,0,279,280,1,0,0,0,280,328,1,0,0,0,281,279,
        1,0,0,0,282,283,5,14,0,0,283,328,3,42,21,0,284,285,5,14,0,0,285,
        328,5,58,0,0,286,287,5,14,0,0,287,288,5,59,0,0,288,328,5,26,0,0,
        289,290,5,14,0,0,290,294,5,60,0,0,291,293,5,28,0,0,292,291,1,0,0,
        0,293,296,1,0,0,0,294,292,1,0,0,0,294,295,1,0,0,0,295,305,1,0,0,
        0,296,294,1,0,0,0,297,302,3,36,18,0,298,299,5,1,0,0,299,301,3,36,
        18,0,300,298,1,0,0,0,301,304,1,0,0,0,302,300,1,0,0,0,302,303,1,0,
        0,0,303,306,1,0,0,0,304,302,1,0,0,0,305,297,1,0,0,0,305,306,1,0,
        0,0,306,328,1,0,0,0,307,308,5,14,0,0,308,309,5,61,0,0,309,314,3,
        38,19,0,310,311,5,1,0,0,311,313,3,38,19,0,312,310,1,0,0,0,313,316,
        1,0,0,0,314,312,1,0,0,0,314,315,1,0,0,0,315,328,1,0,0,0,316,314,
        1,0,0,0,317,318,5,14,0,0,318,319,5,62,0,0,319,324,3,40,20,0,320,
        321,5,1,0,0,321,323,3,40,20,0,322,320,1,0,0,0,323,326,1,0,0,0,324,
        322,1,0,0,0,324,325,1,0,0,0,325,328,1,0,0,0,326,324,1,0,0,0,327,
        273,1,0,0,0,327,282,1,0,0,0,327,284,1,0,0,0,327,286,1,0,0,0,327,
        289,1,0,0,0,327,307,1,0,0,0,327,317,1,0,0,0,328,31,1,0,0,0,329,330,
        7,6,0,0,330,33,1,0,0,0,331,337,5,26,0,0,332,333,5,49,0,0,333,334,
        5,31,0,0,334,335,5,26,0,0,335,337,5,2,0,0,336,331,1,0,0,0,336,332,
        1,0,0,0,337,35,1,0,0,0,338,341,5,29,0,0,339,340,5,17,0,0,340,342,
        5,26,0,0,341,339,1,0,0,0,341,342,1,0,0,0,342,37,1,0,0,0,343,344,
        5,29,0,0,344,345,5,17,0,0,345,346,7,7,0,0,346,39,1,0,0,0,347,350,
        3,26,13,0,348,350,5,29,0,0,349,347,1,0,0,0,349,348,1,0,0,0,350,41,
        1,0,0,0,351,355,3,46,23,0,352,354,3,44,22,0,353,352,1,0,0,0,354,
        357,1,0,0,0,355,353,1,0,0,0,355,356,1,0,0,0,356,43,1,0,0,0,357,355,
        1,0,0,0,358,360,7,8,0,0,359,358,1,0,0,0,359,360,1,0,0,0,360,361,
        1,0,0,0,361,362,3,46,23,0,362,45,1,0,0,0,363,364,5,31,0,0,364,365,
        3,42,21,0,365,366,5,2,0,0,366,380,1,0,0,0,367,380,3,26,13,0,368,
        369,5,29,0,0,369,370,3,48,24,0,370,371,5,49,0,0,371,372,5,31,0,0,
        372,373,5,26,0,0,373,374,5,2,0,0,374,380,1,0,0,0,375,376,5,29,0,
        0,376,377,3,50,25,0,377,378,3,52,26,0,378,380,1,0,0,0,379,363,1,
        0,0,0,379,367,1,0,0,0,379,368,1,0,0,0,379,375,1,0,0,0,380,47,1,0,
        0,0,381,382,7,9,0,0,382,49,1,0,0,0,383,384,7,10,0,0,384,51,1,0,0,
        0,385,389,3,6,3,0,386,389,5,38,0,0,387,389,5,39,0,0,388,385,1,0,
        0,0,388,386,1,0,0,0,388,387,1,0,0,0,389,53,1,0,0,0,47,63,70,78,83,
        90,99,104,113,126,129,142,145,151,154,162,164,173,178,182,188,192,
        196,203,206,213,217,222,224,236,249,252,260,263,279,294,302,305,
        314,324,327,336,341,349,355,359,379,388
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
export class PlainStageContext extends StageContext {
    public constructor(ctx: StageContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public PLAIN_STAGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.PLAIN_STAGE, 0)!;
    }
}
export class TextStageContext extends StageContext {
    public constructor(ctx: StageContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public TEXT_STAGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.TEXT_STAGE, 0)!;
    }
    public STRING(): antlr.TerminalNode {
        return this.getToken(LogQLParser.STRING, 0)!;
    }
}
export class ExtractionStageContext extends StageContext {
    public constructor(ctx: StageContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public EXTRACTION_STAGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.EXTRACTION_STAGE, 0)!;
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
    public extraction(): ExtractionContext[];
    public extraction(i: number): ExtractionContext | null;
    public extraction(i?: number): ExtractionContext[] | ExtractionContext | null {
        if (i === undefined) {
            return this.getRuleContexts(ExtractionContext);
        }

        return this.getRuleContext(i, ExtractionContext);
    }
}
export class FormatStageContext extends StageContext {
    public constructor(ctx: StageContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public FORMAT_STAGE(): antlr.TerminalNode {
        return this.getToken(LogQLParser.FORMAT_STAGE, 0)!;
    }
    public format(): FormatContext[];
    public format(i: number): FormatContext | null;
    public format(i?: number): FormatContext[] | FormatContext | null {
        if (i === undefined) {
            return this.getRuleContexts(FormatContext);
        }

        return this.getRuleContext(i, FormatContext);
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


export class ExtractionContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public NAME(): antlr.TerminalNode {
        return this.getToken(LogQLParser.NAME, 0)!;
    }
    public STRING(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.STRING, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_extraction;
    }
}


export class FormatContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
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
    public STRING(): antlr.TerminalNode | null {
        return this.getToken(LogQLParser.STRING, 0);
    }
    public override get ruleIndex(): number {
        return LogQLParser.RULE_format;
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
