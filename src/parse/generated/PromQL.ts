// @ts-nocheck Generated from grammars/*.g4 by scripts/generate.sh
import * as antlr from "antlr4ng";
import { Token } from "antlr4ng";

// eslint-disable-next-line no-unused-vars
type int = number;


export class PromQL extends antlr.Parser {
    public static readonly EQL_REGEX = 1;
    public static readonly NEQ_REGEX = 2;
    public static readonly AND = 3;
    public static readonly OR = 4;
    public static readonly UNLESS = 5;
    public static readonly ATAN2 = 6;
    public static readonly OFFSET = 7;
    public static readonly ANCHORED = 8;
    public static readonly SMOOTHED = 9;
    public static readonly BY = 10;
    public static readonly WITHOUT = 11;
    public static readonly ON = 12;
    public static readonly IGNORING = 13;
    public static readonly GROUP_LEFT = 14;
    public static readonly GROUP_RIGHT = 15;
    public static readonly BOOL = 16;
    public static readonly FILL = 17;
    public static readonly FILL_LEFT = 18;
    public static readonly FILL_RIGHT = 19;
    public static readonly NUMBER = 20;
    public static readonly DURATION = 21;
    public static readonly BAD_NUMBER = 22;
    public static readonly IDENTIFIER = 23;
    public static readonly METRIC_IDENTIFIER = 24;
    public static readonly STRING = 25;
    public static readonly OPEN_STRING = 26;
    public static readonly LEFT_PAREN = 27;
    public static readonly RIGHT_PAREN = 28;
    public static readonly LEFT_BRACE = 29;
    public static readonly RIGHT_BRACE = 30;
    public static readonly LEFT_BRACKET = 31;
    public static readonly RIGHT_BRACKET = 32;
    public static readonly COMMA = 33;
    public static readonly ADD = 34;
    public static readonly SUB = 35;
    public static readonly MUL = 36;
    public static readonly DIV = 37;
    public static readonly MOD = 38;
    public static readonly POW = 39;
    public static readonly EQLC = 40;
    public static readonly NEQ = 41;
    public static readonly LTE = 42;
    public static readonly LSS = 43;
    public static readonly GTE = 44;
    public static readonly GTR = 45;
    public static readonly TRIM_UPPER = 46;
    public static readonly TRIM_LOWER = 47;
    public static readonly EQL = 48;
    public static readonly AT = 49;
    public static readonly SPACE = 50;
    public static readonly COMMENT = 51;
    public static readonly BAD_OPERATOR = 52;
    public static readonly UNEXPECTED = 53;
    public static readonly BRACES_SPACE = 54;
    public static readonly BRACES_COMMENT = 55;
    public static readonly BRACES_UNEXPECTED = 56;
    public static readonly COLON = 57;
    public static readonly BRACKETS_SPACE = 58;
    public static readonly BRACKETS_UNEXPECTED = 59;
    public static readonly BRACES_EQL_REGEX = 60;
    public static readonly BRACES_NEQ_REGEX = 61;
    public static readonly RULE_query = 0;
    public static readonly RULE_expr = 1;
    public static readonly RULE_modifiers = 2;
    public static readonly RULE_matching = 3;
    public static readonly RULE_group = 4;
    public static readonly RULE_fill = 5;
    public static readonly RULE_fillValue = 6;
    public static readonly RULE_primary = 7;
    public static readonly RULE_call = 8;
    public static readonly RULE_arguments = 9;
    public static readonly RULE_grouping = 10;
    public static readonly RULE_labels = 11;
    public static readonly RULE_label = 12;
    public static readonly RULE_selector = 13;
    public static readonly RULE_matchers = 14;
    public static readonly RULE_matcher = 15;
    public static readonly RULE_postfix = 16;
    public static readonly RULE_timestamp = 17;
    public static readonly RULE_offset = 18;
    public static readonly RULE_duration = 19;
    public static readonly RULE_durationOperand = 20;
    public static readonly RULE_number = 21;

    public static readonly literalNames = [
        null, null, null, "'and'", "'or'", "'unless'", "'atan2'", "'offset'",
        "'anchored'", "'smoothed'", "'by'", "'without'", "'on'", "'ignoring'",
        "'group_left'", "'group_right'", "'bool'", "'fill'", "'fill_left'",
        "'fill_right'", null, null, null, null, null, null, null, null,
        null, "'{'", null, "'['", null, null, null, null, null, null, null,
        null, "'=='", null, "'<='", "'<'", "'>='", "'>'", "'</'", "'>/'",
        null, "'@'", null, null, null, null, null, null, null, "':'", null,
        null, "'=~'", "'!~'"
    ];

    public static readonly symbolicNames = [
        null, "EQL_REGEX", "NEQ_REGEX", "AND", "OR", "UNLESS", "ATAN2",
        "OFFSET", "ANCHORED", "SMOOTHED", "BY", "WITHOUT", "ON", "IGNORING",
        "GROUP_LEFT", "GROUP_RIGHT", "BOOL", "FILL", "FILL_LEFT", "FILL_RIGHT",
        "NUMBER", "DURATION", "BAD_NUMBER", "IDENTIFIER", "METRIC_IDENTIFIER",
        "STRING", "OPEN_STRING", "LEFT_PAREN", "RIGHT_PAREN", "LEFT_BRACE",
        "RIGHT_BRACE", "LEFT_BRACKET", "RIGHT_BRACKET", "COMMA", "ADD",
        "SUB", "MUL", "DIV", "MOD", "POW", "EQLC", "NEQ", "LTE", "LSS",
        "GTE", "GTR", "TRIM_UPPER", "TRIM_LOWER", "EQL", "AT", "SPACE",
        "COMMENT", "BAD_OPERATOR", "UNEXPECTED", "BRACES_SPACE", "BRACES_COMMENT",
        "BRACES_UNEXPECTED", "COLON", "BRACKETS_SPACE", "BRACKETS_UNEXPECTED",
        "BRACES_EQL_REGEX", "BRACES_NEQ_REGEX"
    ];
    public static readonly ruleNames = [
        "query", "expr", "modifiers", "matching", "group", "fill", "fillValue",
        "primary", "call", "arguments", "grouping", "labels", "label", "selector",
        "matchers", "matcher", "postfix", "timestamp", "offset", "duration",
        "durationOperand", "number",
    ];

    public get grammarFileName(): string { return "PromQL.g4"; }
    public get literalNames(): (string | null)[] { return PromQL.literalNames; }
    public get symbolicNames(): (string | null)[] { return PromQL.symbolicNames; }
    public get ruleNames(): string[] { return PromQL.ruleNames; }
    public get serializedATN(): number[] { return PromQL._serializedATN; }

    protected createFailedPredicateException(predicate?: string, message?: string): antlr.FailedPredicateException {
        return new antlr.FailedPredicateException(this, predicate, message);
    }

    public constructor(input: antlr.TokenStream) {
        super(input);
        this.interpreter = new antlr.ParserATNSimulator(this, PromQL._ATN, PromQL.decisionsToDFA, new antlr.PredictionContextCache());
    }
    public query(): QueryContext {
        let localContext = new QueryContext(this.context, this.state);
        this.enterRule(localContext, 0, PromQL.RULE_query);
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 44;
            this.expr(0);
            this.state = 45;
            this.match(PromQL.EOF);
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

    public expr(): ExprContext;
    public expr(_p: number): ExprContext;
    public expr(_p?: number): ExprContext {
        if (_p === undefined) {
            _p = 0;
        }

        let parentContext = this.context;
        let parentState = this.state;
        let localContext = new ExprContext(this.context, parentState);
        let previousContext = localContext;
        let _startState = 2;
        this.enterRecursionRule(localContext, 2, PromQL.RULE_expr, _p);
        let _la: number;
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 57;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.AND:
            case PromQL.OR:
            case PromQL.UNLESS:
            case PromQL.OFFSET:
            case PromQL.ANCHORED:
            case PromQL.SMOOTHED:
            case PromQL.BY:
            case PromQL.WITHOUT:
            case PromQL.FILL:
            case PromQL.FILL_LEFT:
            case PromQL.FILL_RIGHT:
            case PromQL.NUMBER:
            case PromQL.DURATION:
            case PromQL.IDENTIFIER:
            case PromQL.METRIC_IDENTIFIER:
            case PromQL.STRING:
            case PromQL.LEFT_PAREN:
            case PromQL.LEFT_BRACE:
                {
                this.state = 48;
                this.primary();
                this.state = 52;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 0, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 49;
                        this.postfix();
                        }
                        }
                    }
                    this.state = 54;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 0, this.context);
                }
                }
                break;
            case PromQL.ADD:
            case PromQL.SUB:
                {
                this.state = 55;
                localContext._sign = this.tokenStream.LT(1);
                _la = this.tokenStream.LA(1);
                if(!(_la === 34 || _la === 35)) {
                    localContext._sign = this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 56;
                this.expr(6);
                }
                break;
            default:
                throw new antlr.NoViableAltException(this);
            }
            this.context!.stop = this.tokenStream.LT(-1);
            this.state = 97;
            this.errorHandler.sync(this);
            alternative = this.interpreter.adaptivePredict(this.tokenStream, 9, this.context);
            while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                if (alternative === 1) {
                    if (this.parseListeners != null) {
                        this.triggerExitRuleEvent();
                    }
                    previousContext = localContext;
                    {
                    this.state = 95;
                    this.errorHandler.sync(this);
                    switch (this.interpreter.adaptivePredict(this.tokenStream, 8, this.context) ) {
                    case 1:
                        {
                        localContext = new ExprContext(parentContext, parentState);
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 59;
                        if (!(this.precpred(this.context, 7))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 7)");
                        }
                        this.state = 60;
                        localContext._op = this.match(PromQL.POW);
                        this.state = 62;
                        this.errorHandler.sync(this);
                        switch (this.interpreter.adaptivePredict(this.tokenStream, 2, this.context) ) {
                        case 1:
                            {
                            this.state = 61;
                            this.modifiers();
                            }
                            break;
                        }
                        this.state = 64;
                        this.expr(7);
                        }
                        break;
                    case 2:
                        {
                        localContext = new ExprContext(parentContext, parentState);
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 65;
                        if (!(this.precpred(this.context, 5))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 5)");
                        }
                        this.state = 66;
                        localContext._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(_la === 6 || ((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & 7) !== 0))) {
                            localContext._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 68;
                        this.errorHandler.sync(this);
                        switch (this.interpreter.adaptivePredict(this.tokenStream, 3, this.context) ) {
                        case 1:
                            {
                            this.state = 67;
                            this.modifiers();
                            }
                            break;
                        }
                        this.state = 70;
                        this.expr(6);
                        }
                        break;
                    case 3:
                        {
                        localContext = new ExprContext(parentContext, parentState);
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 71;
                        if (!(this.precpred(this.context, 4))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 4)");
                        }
                        this.state = 72;
                        localContext._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(_la === 34 || _la === 35)) {
                            localContext._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 74;
                        this.errorHandler.sync(this);
                        switch (this.interpreter.adaptivePredict(this.tokenStream, 4, this.context) ) {
                        case 1:
                            {
                            this.state = 73;
                            this.modifiers();
                            }
                            break;
                        }
                        this.state = 76;
                        this.expr(5);
                        }
                        break;
                    case 4:
                        {
                        localContext = new ExprContext(parentContext, parentState);
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 77;
                        if (!(this.precpred(this.context, 3))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 3)");
                        }
                        this.state = 78;
                        localContext._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(((((_la - 40)) & ~0x1F) === 0 && ((1 << (_la - 40)) & 255) !== 0))) {
                            localContext._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 80;
                        this.errorHandler.sync(this);
                        switch (this.interpreter.adaptivePredict(this.tokenStream, 5, this.context) ) {
                        case 1:
                            {
                            this.state = 79;
                            this.modifiers();
                            }
                            break;
                        }
                        this.state = 82;
                        this.expr(4);
                        }
                        break;
                    case 5:
                        {
                        localContext = new ExprContext(parentContext, parentState);
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 83;
                        if (!(this.precpred(this.context, 2))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 2)");
                        }
                        this.state = 84;
                        localContext._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(_la === 3 || _la === 5)) {
                            localContext._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 86;
                        this.errorHandler.sync(this);
                        switch (this.interpreter.adaptivePredict(this.tokenStream, 6, this.context) ) {
                        case 1:
                            {
                            this.state = 85;
                            this.modifiers();
                            }
                            break;
                        }
                        this.state = 88;
                        this.expr(3);
                        }
                        break;
                    case 6:
                        {
                        localContext = new ExprContext(parentContext, parentState);
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 89;
                        if (!(this.precpred(this.context, 1))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 1)");
                        }
                        this.state = 90;
                        localContext._op = this.match(PromQL.OR);
                        this.state = 92;
                        this.errorHandler.sync(this);
                        switch (this.interpreter.adaptivePredict(this.tokenStream, 7, this.context) ) {
                        case 1:
                            {
                            this.state = 91;
                            this.modifiers();
                            }
                            break;
                        }
                        this.state = 94;
                        this.expr(2);
                        }
                        break;
                    }
                    }
                }
                this.state = 99;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 9, this.context);
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
            this.unrollRecursionContexts(parentContext);
        }
        return localContext;
    }
    public modifiers(): ModifiersContext {
        let localContext = new ModifiersContext(this.context, this.state);
        this.enterRule(localContext, 4, PromQL.RULE_modifiers);
        let _la: number;
        try {
            this.state = 112;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.BOOL:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 100;
                this.match(PromQL.BOOL);
                this.state = 102;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 12 || _la === 13) {
                    {
                    this.state = 101;
                    this.matching();
                    }
                }

                this.state = 105;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 11, this.context) ) {
                case 1:
                    {
                    this.state = 104;
                    this.fill();
                    }
                    break;
                }
                }
                break;
            case PromQL.ON:
            case PromQL.IGNORING:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 107;
                this.matching();
                this.state = 109;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 12, this.context) ) {
                case 1:
                    {
                    this.state = 108;
                    this.fill();
                    }
                    break;
                }
                }
                break;
            case PromQL.FILL:
            case PromQL.FILL_LEFT:
            case PromQL.FILL_RIGHT:
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 111;
                this.fill();
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
    public matching(): MatchingContext {
        let localContext = new MatchingContext(this.context, this.state);
        this.enterRule(localContext, 6, PromQL.RULE_matching);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 114;
            _la = this.tokenStream.LA(1);
            if(!(_la === 12 || _la === 13)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            this.state = 115;
            this.labels();
            this.state = 117;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 14 || _la === 15) {
                {
                this.state = 116;
                this.group();
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
    public group(): GroupContext {
        let localContext = new GroupContext(this.context, this.state);
        this.enterRule(localContext, 8, PromQL.RULE_group);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 119;
            _la = this.tokenStream.LA(1);
            if(!(_la === 14 || _la === 15)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            this.state = 121;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 15, this.context) ) {
            case 1:
                {
                this.state = 120;
                this.labels();
                }
                break;
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
    public fill(): FillContext {
        let localContext = new FillContext(this.context, this.state);
        this.enterRule(localContext, 10, PromQL.RULE_fill);
        try {
            this.state = 137;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.FILL:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 123;
                this.match(PromQL.FILL);
                this.state = 124;
                this.fillValue();
                }
                break;
            case PromQL.FILL_LEFT:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 125;
                this.match(PromQL.FILL_LEFT);
                this.state = 126;
                this.fillValue();
                this.state = 129;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 16, this.context) ) {
                case 1:
                    {
                    this.state = 127;
                    this.match(PromQL.FILL_RIGHT);
                    this.state = 128;
                    this.fillValue();
                    }
                    break;
                }
                }
                break;
            case PromQL.FILL_RIGHT:
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 131;
                this.match(PromQL.FILL_RIGHT);
                this.state = 132;
                this.fillValue();
                this.state = 135;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 17, this.context) ) {
                case 1:
                    {
                    this.state = 133;
                    this.match(PromQL.FILL_LEFT);
                    this.state = 134;
                    this.fillValue();
                    }
                    break;
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
    public fillValue(): FillValueContext {
        let localContext = new FillValueContext(this.context, this.state);
        this.enterRule(localContext, 12, PromQL.RULE_fillValue);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 139;
            this.match(PromQL.LEFT_PAREN);
            this.state = 141;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 34 || _la === 35) {
                {
                this.state = 140;
                localContext._sign = this.tokenStream.LT(1);
                _la = this.tokenStream.LA(1);
                if(!(_la === 34 || _la === 35)) {
                    localContext._sign = this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                }
            }

            this.state = 143;
            this.number_();
            this.state = 144;
            this.match(PromQL.RIGHT_PAREN);
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
    public primary(): PrimaryContext {
        let localContext = new PrimaryContext(this.context, this.state);
        this.enterRule(localContext, 14, PromQL.RULE_primary);
        try {
            this.state = 154;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 20, this.context) ) {
            case 1:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 146;
                this.number_();
                }
                break;
            case 2:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 147;
                this.match(PromQL.STRING);
                }
                break;
            case 3:
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 148;
                this.match(PromQL.LEFT_PAREN);
                this.state = 149;
                this.expr(0);
                this.state = 150;
                this.match(PromQL.RIGHT_PAREN);
                }
                break;
            case 4:
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 152;
                this.call();
                }
                break;
            case 5:
                this.enterOuterAlt(localContext, 5);
                {
                this.state = 153;
                this.selector();
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
    public call(): CallContext {
        let localContext = new CallContext(this.context, this.state);
        this.enterRule(localContext, 16, PromQL.RULE_call);
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 156;
            this.match(PromQL.IDENTIFIER);
            this.state = 164;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.BY:
            case PromQL.WITHOUT:
                {
                this.state = 157;
                this.grouping();
                this.state = 158;
                this.arguments();
                }
                break;
            case PromQL.LEFT_PAREN:
                {
                this.state = 160;
                this.arguments();
                this.state = 162;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 21, this.context) ) {
                case 1:
                    {
                    this.state = 161;
                    this.grouping();
                    }
                    break;
                }
                }
                break;
            default:
                throw new antlr.NoViableAltException(this);
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
    public arguments(): ArgumentsContext {
        let localContext = new ArgumentsContext(this.context, this.state);
        this.enterRule(localContext, 18, PromQL.RULE_arguments);
        let _la: number;
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 166;
            this.match(PromQL.LEFT_PAREN);
            this.state = 178;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if ((((_la) & ~0x1F) === 0 && ((1 << _la) & 733876152) !== 0) || _la === 34 || _la === 35) {
                {
                this.state = 167;
                this.expr(0);
                this.state = 172;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 23, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 168;
                        this.match(PromQL.COMMA);
                        this.state = 169;
                        this.expr(0);
                        }
                        }
                    }
                    this.state = 174;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 23, this.context);
                }
                this.state = 176;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 33) {
                    {
                    this.state = 175;
                    localContext._trailing = this.match(PromQL.COMMA);
                    }
                }

                }
            }

            this.state = 180;
            this.match(PromQL.RIGHT_PAREN);
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
        this.enterRule(localContext, 20, PromQL.RULE_grouping);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 182;
            _la = this.tokenStream.LA(1);
            if(!(_la === 10 || _la === 11)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            this.state = 183;
            this.labels();
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
    public labels(): LabelsContext {
        let localContext = new LabelsContext(this.context, this.state);
        this.enterRule(localContext, 22, PromQL.RULE_labels);
        let _la: number;
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 185;
            this.match(PromQL.LEFT_PAREN);
            this.state = 197;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if ((((_la) & ~0x1F) === 0 && ((1 << _la) & 59766776) !== 0)) {
                {
                this.state = 186;
                this.label();
                this.state = 191;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 26, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 187;
                        this.match(PromQL.COMMA);
                        this.state = 188;
                        this.label();
                        }
                        }
                    }
                    this.state = 193;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 26, this.context);
                }
                this.state = 195;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 33) {
                    {
                    this.state = 194;
                    this.match(PromQL.COMMA);
                    }
                }

                }
            }

            this.state = 199;
            this.match(PromQL.RIGHT_PAREN);
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
    public label(): LabelContext {
        let localContext = new LabelContext(this.context, this.state);
        this.enterRule(localContext, 24, PromQL.RULE_label);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 201;
            _la = this.tokenStream.LA(1);
            if(!((((_la) & ~0x1F) === 0 && ((1 << _la) & 59766776) !== 0))) {
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
    public selector(): SelectorContext {
        let localContext = new SelectorContext(this.context, this.state);
        this.enterRule(localContext, 26, PromQL.RULE_selector);
        let _la: number;
        try {
            this.state = 208;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.AND:
            case PromQL.OR:
            case PromQL.UNLESS:
            case PromQL.OFFSET:
            case PromQL.ANCHORED:
            case PromQL.SMOOTHED:
            case PromQL.BY:
            case PromQL.WITHOUT:
            case PromQL.FILL:
            case PromQL.FILL_LEFT:
            case PromQL.FILL_RIGHT:
            case PromQL.IDENTIFIER:
            case PromQL.METRIC_IDENTIFIER:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 203;
                localContext._name = this.tokenStream.LT(1);
                _la = this.tokenStream.LA(1);
                if(!((((_la) & ~0x1F) === 0 && ((1 << _la) & 26087352) !== 0))) {
                    localContext._name = this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 205;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 29, this.context) ) {
                case 1:
                    {
                    this.state = 204;
                    this.matchers();
                    }
                    break;
                }
                }
                break;
            case PromQL.LEFT_BRACE:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 207;
                this.matchers();
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
    public matchers(): MatchersContext {
        let localContext = new MatchersContext(this.context, this.state);
        this.enterRule(localContext, 28, PromQL.RULE_matchers);
        let _la: number;
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 210;
            this.match(PromQL.LEFT_BRACE);
            this.state = 222;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 23 || _la === 25) {
                {
                this.state = 211;
                this.matcher();
                this.state = 216;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 31, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 212;
                        this.match(PromQL.COMMA);
                        this.state = 213;
                        this.matcher();
                        }
                        }
                    }
                    this.state = 218;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 31, this.context);
                }
                this.state = 220;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 33) {
                    {
                    this.state = 219;
                    this.match(PromQL.COMMA);
                    }
                }

                }
            }

            this.state = 224;
            this.match(PromQL.RIGHT_BRACE);
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
        this.enterRule(localContext, 30, PromQL.RULE_matcher);
        let _la: number;
        try {
            this.state = 230;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 34, this.context) ) {
            case 1:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 226;
                localContext._key = this.tokenStream.LT(1);
                _la = this.tokenStream.LA(1);
                if(!(_la === 23 || _la === 25)) {
                    localContext._key = this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 227;
                localContext._op = this.tokenStream.LT(1);
                _la = this.tokenStream.LA(1);
                if(!(_la === 1 || _la === 2 || _la === 41 || _la === 48)) {
                    localContext._op = this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 228;
                localContext._value = this.match(PromQL.STRING);
                }
                break;
            case 2:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 229;
                localContext._metric = this.match(PromQL.STRING);
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
    public postfix(): PostfixContext {
        let localContext = new PostfixContext(this.context, this.state);
        this.enterRule(localContext, 32, PromQL.RULE_postfix);
        let _la: number;
        try {
            this.state = 248;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.LEFT_BRACKET:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 232;
                this.match(PromQL.LEFT_BRACKET);
                this.state = 233;
                localContext._range = this.duration(0);
                this.state = 238;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 57) {
                    {
                    this.state = 234;
                    this.match(PromQL.COLON);
                    this.state = 236;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                    if (((((_la - 20)) & ~0x1F) === 0 && ((1 << (_la - 20)) & 49291) !== 0)) {
                        {
                        this.state = 235;
                        localContext._step = this.duration(0);
                        }
                    }

                    }
                }

                this.state = 240;
                this.match(PromQL.RIGHT_BRACKET);
                }
                break;
            case PromQL.OFFSET:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 242;
                this.match(PromQL.OFFSET);
                this.state = 243;
                this.offset();
                }
                break;
            case PromQL.AT:
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 244;
                this.match(PromQL.AT);
                this.state = 245;
                this.timestamp();
                }
                break;
            case PromQL.ANCHORED:
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 246;
                this.match(PromQL.ANCHORED);
                }
                break;
            case PromQL.SMOOTHED:
                this.enterOuterAlt(localContext, 5);
                {
                this.state = 247;
                this.match(PromQL.SMOOTHED);
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
    public timestamp(): TimestampContext {
        let localContext = new TimestampContext(this.context, this.state);
        this.enterRule(localContext, 34, PromQL.RULE_timestamp);
        let _la: number;
        try {
            this.state = 257;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.NUMBER:
            case PromQL.DURATION:
            case PromQL.ADD:
            case PromQL.SUB:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 251;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 34 || _la === 35) {
                    {
                    this.state = 250;
                    localContext._sign = this.tokenStream.LT(1);
                    _la = this.tokenStream.LA(1);
                    if(!(_la === 34 || _la === 35)) {
                        localContext._sign = this.errorHandler.recoverInline(this);
                    }
                    else {
                        this.errorHandler.reportMatch(this);
                        this.consume();
                    }
                    }
                }

                this.state = 253;
                this.number_();
                }
                break;
            case PromQL.IDENTIFIER:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 254;
                this.match(PromQL.IDENTIFIER);
                this.state = 255;
                this.match(PromQL.LEFT_PAREN);
                this.state = 256;
                this.match(PromQL.RIGHT_PAREN);
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
    public offset(): OffsetContext {
        let localContext = new OffsetContext(this.context, this.state);
        this.enterRule(localContext, 36, PromQL.RULE_offset);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 260;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 34 || _la === 35) {
                {
                this.state = 259;
                localContext._sign = this.tokenStream.LT(1);
                _la = this.tokenStream.LA(1);
                if(!(_la === 34 || _la === 35)) {
                    localContext._sign = this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                }
            }

            this.state = 262;
            this.durationOperand();
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

    public duration(): DurationContext;
    public duration(_p: number): DurationContext;
    public duration(_p?: number): DurationContext {
        if (_p === undefined) {
            _p = 0;
        }

        let parentContext = this.context;
        let parentState = this.state;
        let localContext = new DurationContext(this.context, parentState);
        let previousContext = localContext;
        let _startState = 38;
        this.enterRecursionRule(localContext, 38, PromQL.RULE_duration, _p);
        let _la: number;
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 268;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.NUMBER:
            case PromQL.DURATION:
            case PromQL.IDENTIFIER:
            case PromQL.LEFT_PAREN:
                {
                this.state = 265;
                this.durationOperand();
                }
                break;
            case PromQL.ADD:
            case PromQL.SUB:
                {
                this.state = 266;
                localContext._sign = this.tokenStream.LT(1);
                _la = this.tokenStream.LA(1);
                if(!(_la === 34 || _la === 35)) {
                    localContext._sign = this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 267;
                this.duration(3);
                }
                break;
            default:
                throw new antlr.NoViableAltException(this);
            }
            this.context!.stop = this.tokenStream.LT(-1);
            this.state = 281;
            this.errorHandler.sync(this);
            alternative = this.interpreter.adaptivePredict(this.tokenStream, 43, this.context);
            while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                if (alternative === 1) {
                    if (this.parseListeners != null) {
                        this.triggerExitRuleEvent();
                    }
                    previousContext = localContext;
                    {
                    this.state = 279;
                    this.errorHandler.sync(this);
                    switch (this.interpreter.adaptivePredict(this.tokenStream, 42, this.context) ) {
                    case 1:
                        {
                        localContext = new DurationContext(parentContext, parentState);
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_duration);
                        this.state = 270;
                        if (!(this.precpred(this.context, 4))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 4)");
                        }
                        this.state = 271;
                        localContext._op = this.match(PromQL.POW);
                        this.state = 272;
                        this.duration(4);
                        }
                        break;
                    case 2:
                        {
                        localContext = new DurationContext(parentContext, parentState);
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_duration);
                        this.state = 273;
                        if (!(this.precpred(this.context, 2))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 2)");
                        }
                        this.state = 274;
                        localContext._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & 7) !== 0))) {
                            localContext._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 275;
                        this.duration(3);
                        }
                        break;
                    case 3:
                        {
                        localContext = new DurationContext(parentContext, parentState);
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_duration);
                        this.state = 276;
                        if (!(this.precpred(this.context, 1))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 1)");
                        }
                        this.state = 277;
                        localContext._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(_la === 34 || _la === 35)) {
                            localContext._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 278;
                        this.duration(2);
                        }
                        break;
                    }
                    }
                }
                this.state = 283;
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
            this.unrollRecursionContexts(parentContext);
        }
        return localContext;
    }
    public durationOperand(): DurationOperandContext {
        let localContext = new DurationOperandContext(this.context, this.state);
        this.enterRule(localContext, 40, PromQL.RULE_durationOperand);
        let _la: number;
        try {
            this.state = 302;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.NUMBER:
            case PromQL.DURATION:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 284;
                this.number_();
                }
                break;
            case PromQL.LEFT_PAREN:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 285;
                this.match(PromQL.LEFT_PAREN);
                this.state = 286;
                this.duration(0);
                this.state = 287;
                this.match(PromQL.RIGHT_PAREN);
                }
                break;
            case PromQL.IDENTIFIER:
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 289;
                this.match(PromQL.IDENTIFIER);
                this.state = 290;
                this.match(PromQL.LEFT_PAREN);
                this.state = 299;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (((((_la - 20)) & ~0x1F) === 0 && ((1 << (_la - 20)) & 49291) !== 0)) {
                    {
                    this.state = 291;
                    this.duration(0);
                    this.state = 296;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                    while (_la === 33) {
                        {
                        {
                        this.state = 292;
                        this.match(PromQL.COMMA);
                        this.state = 293;
                        this.duration(0);
                        }
                        }
                        this.state = 298;
                        this.errorHandler.sync(this);
                        _la = this.tokenStream.LA(1);
                    }
                    }
                }

                this.state = 301;
                this.match(PromQL.RIGHT_PAREN);
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
    public number_(): NumberContext {
        let localContext = new NumberContext(this.context, this.state);
        this.enterRule(localContext, 42, PromQL.RULE_number);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 304;
            _la = this.tokenStream.LA(1);
            if(!(_la === 20 || _la === 21)) {
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

    public override sempred(localContext: antlr.ParserRuleContext | null, ruleIndex: number, predIndex: number): boolean {
        switch (ruleIndex) {
        case 1:
            return this.expr_sempred(localContext as ExprContext, predIndex);
        case 19:
            return this.duration_sempred(localContext as DurationContext, predIndex);
        }
        return true;
    }
    private expr_sempred(localContext: ExprContext | null, predIndex: number): boolean {
        switch (predIndex) {
        case 0:
            return this.precpred(this.context, 7);
        case 1:
            return this.precpred(this.context, 5);
        case 2:
            return this.precpred(this.context, 4);
        case 3:
            return this.precpred(this.context, 3);
        case 4:
            return this.precpred(this.context, 2);
        case 5:
            return this.precpred(this.context, 1);
        }
        return true;
    }
    private duration_sempred(localContext: DurationContext | null, predIndex: number): boolean {
        switch (predIndex) {
        case 6:
            return this.precpred(this.context, 4);
        case 7:
            return this.precpred(this.context, 2);
        case 8:
            return this.precpred(this.context, 1);
        }
        return true;
    }

    public static readonly _serializedATN: number[] = [
        4,1,61,307,2,0,7,0,2,1,7,1,2,2,7,2,2,3,7,3,2,4,7,4,2,5,7,5,2,6,7,
        6,2,7,7,7,2,8,7,8,2,9,7,9,2,10,7,10,2,11,7,11,2,12,7,12,2,13,7,13,
        2,14,7,14,2,15,7,15,2,16,7,16,2,17,7,17,2,18,7,18,2,19,7,19,2,20,
        7,20,2,21,7,21,1,0,1,0,1,0,1,1,1,1,1,1,5,1,51,8,1,10,1,12,1,54,9,
        1,1,1,1,1,3,1,58,8,1,1,1,1,1,1,1,3,1,63,8,1,1,1,1,1,1,1,1,1,3,1,
        69,8,1,1,1,1,1,1,1,1,1,3,1,75,8,1,1,1,1,1,1,1,1,1,3,1,81,8,1,1,1,
        1,1,1,1,1,1,3,1,87,8,1,1,1,1,1,1,1,1,1,3,1,93,8,1,1,1,5,1,96,8,1,
        10,1,12,1,99,9,1,1,2,1,2,3,2,103,8,2,1,2,3,2,106,8,2,1,2,1,2,3,2,
        110,8,2,1,2,3,2,113,8,2,1,3,1,3,1,3,3,3,118,8,3,1,4,1,4,3,4,122,
        8,4,1,5,1,5,1,5,1,5,1,5,1,5,3,5,130,8,5,1,5,1,5,1,5,1,5,3,5,136,
        8,5,3,5,138,8,5,1,6,1,6,3,6,142,8,6,1,6,1,6,1,6,1,7,1,7,1,7,1,7,
        1,7,1,7,1,7,1,7,3,7,155,8,7,1,8,1,8,1,8,1,8,1,8,1,8,3,8,163,8,8,
        3,8,165,8,8,1,9,1,9,1,9,1,9,5,9,171,8,9,10,9,12,9,174,9,9,1,9,3,
        9,177,8,9,3,9,179,8,9,1,9,1,9,1,10,1,10,1,10,1,11,1,11,1,11,1,11,
        5,11,190,8,11,10,11,12,11,193,9,11,1,11,3,11,196,8,11,3,11,198,8,
        11,1,11,1,11,1,12,1,12,1,13,1,13,3,13,206,8,13,1,13,3,13,209,8,13,
        1,14,1,14,1,14,1,14,5,14,215,8,14,10,14,12,14,218,9,14,1,14,3,14,
        221,8,14,3,14,223,8,14,1,14,1,14,1,15,1,15,1,15,1,15,3,15,231,8,
        15,1,16,1,16,1,16,1,16,3,16,237,8,16,3,16,239,8,16,1,16,1,16,1,16,
        1,16,1,16,1,16,1,16,1,16,3,16,249,8,16,1,17,3,17,252,8,17,1,17,1,
        17,1,17,1,17,3,17,258,8,17,1,18,3,18,261,8,18,1,18,1,18,1,19,1,19,
        1,19,1,19,3,19,269,8,19,1,19,1,19,1,19,1,19,1,19,1,19,1,19,1,19,
        1,19,5,19,280,8,19,10,19,12,19,283,9,19,1,20,1,20,1,20,1,20,1,20,
        1,20,1,20,1,20,1,20,1,20,5,20,295,8,20,10,20,12,20,298,9,20,3,20,
        300,8,20,1,20,3,20,303,8,20,1,21,1,21,1,21,0,2,2,38,22,0,2,4,6,8,
        10,12,14,16,18,20,22,24,26,28,30,32,34,36,38,40,42,0,13,1,0,34,35,
        2,0,6,6,36,38,1,0,40,47,2,0,3,3,5,5,1,0,12,13,1,0,14,15,1,0,10,11,
        3,0,3,10,12,19,23,25,4,0,3,5,7,11,17,19,23,24,2,0,23,23,25,25,3,
        0,1,2,41,41,48,48,1,0,36,38,1,0,20,21,345,0,44,1,0,0,0,2,57,1,0,
        0,0,4,112,1,0,0,0,6,114,1,0,0,0,8,119,1,0,0,0,10,137,1,0,0,0,12,
        139,1,0,0,0,14,154,1,0,0,0,16,156,1,0,0,0,18,166,1,0,0,0,20,182,
        1,0,0,0,22,185,1,0,0,0,24,201,1,0,0,0,26,208,1,0,0,0,28,210,1,0,
        0,0,30,230,1,0,0,0,32,248,1,0,0,0,34,257,1,0,0,0,36,260,1,0,0,0,
        38,268,1,0,0,0,40,302,1,0,0,0,42,304,1,0,0,0,44,45,3,2,1,0,45,46,
        5,0,0,1,46,1,1,0,0,0,47,48,6,1,-1,0,48,52,3,14,7,0,49,51,3,32,16,
        0,50,49,1,0,0,0,51,54,1,0,0,0,52,50,1,0,0,0,52,53,1,0,0,0,53,58,
        1,0,0,0,54,52,1,0,0,0,55,56,7,0,0,0,56,58,3,2,1,6,57,47,1,0,0,0,
        57,55,1,0,0,0,58,97,1,0,0,0,59,60,10,7,0,0,60,62,5,39,0,0,61,63,
        3,4,2,0,62,61,1,0,0,0,62,63,1,0,0,0,63,64,1,0,0,0,64,96,3,2,1,7,
        65,66,10,5,0,0,66,68,7,1,0,0,67,69,3,4,2,0,68,67,1,0,0,0,68,69,1,
        0,0,0,69,70,1,0,0,0,70,96,3,2,1,6,71,72,10,4,0,0,72,74,7,0,0,0,73,
        75,3,4,2,0,74,73,1,0,0,0,74,75,1,0,0,0,75,76,1,0,0,0,76,96,3,2,1,
        5,77,78,10,3,0,0,78,80,7,2,0,0,79,81,3,4,2,0,80,79,1,0,0,0,80,81,
        1,0,0,0,81,82,1,0,0,0,82,96,3,2,1,4,83,84,10,2,0,0,84,86,7,3,0,0,
        85,87,3,4,2,0,86,85,1,0,0,0,86,87,1,0,0,0,87,88,1,0,0,0,88,96,3,
        2,1,3,89,90,10,1,0,0,90,92,5,4,0,0,91,93,3,4,2,0,92,91,1,0,0,0,92,
        93,1,0,0,0,93,94,1,0,0,0,94,96,3,2,1,2,95,59,1,0,0,0,95,65,1,0,0,
        0,95,71,1,0,0,0,95,77,1,0,0,0,95,83,1,0,0,0,95,89,1,0,0,0,96,99,
        1,0,0,0,97,95,1,0,0,0,97,98,1,0,0,0,98,3,1,0,0,0,99,97,1,0,0,0,100,
        102,5,16,0,0,101,103,3,6,3,0,102,101,1,0,0,0,102,103,1,0,0,0,103,
        105,1,0,0,0,104,106,3,10,5,0,105,104,1,0,0,0,105,106,1,0,0,0,106,
        113,1,0,0,0,107,109,3,6,3,0,108,110,3,10,5,0,109,108,1,0,0,0,109,
        110,1,0,0,0,110,113,1,0,0,0,111,113,3,10,5,0,112,100,1,0,0,0,112,
        107,1,0,0,0,112,111,1,0,0,0,113,5,1,0,0,0,114,115,7,4,0,0,115,117,
        3,22,11,0,116,118,3,8,4,0,117,116,1,0,0,0,117,118,1,0,0,0,118,7,
        1,0,0,0,119,121,7,5,0,0,120,122,3,22,11,0,121,120,1,0,0,0,121,122,
        1,0,0,0,122,9,1,0,0,0,123,124,5,17,0,0,124,138,3,12,6,0,125,126,
        5,18,0,0,126,129,3,12,6,0,127,128,5,19,0,0,128,130,3,12,6,0,129,
        127,1,0,0,0,129,130,1,0,0,0,130,138,1,0,0,0,131,132,5,19,0,0,132,
        135,3,12,6,0,133,134,5,18,0,0,134,136,3,12,6,0,135,133,1,0,0,0,135,
        136,1,0,0,0,136,138,1,0,0,0,137,123,1,0,0,0,137,125,1,0,0,0,137,
        131,1,0,0,0,138,11,1,0,0,0,139,141,5,27,0,0,140,142,7,0,0,0,141,
        140,1,0,0,0,141,142,1,0,0,0,142,143,1,0,0,0,143,144,3,42,21,0,144,
        145,5,28,0,0,145,13,1,0,0,0,146,155,3,42,21,0,147,155,5,25,0,0,148,
        149,5,27,0,0,149,150,3,2,1,0,150,151,5,28,0,0,151,155,1,0,0,0,152,
        155,3,16,8,0,153,155,3,26,13,0,154,146,1,0,0,0,154,147,1,0,0,0,154,
        148,1,0,0,0,154,152,1,0,0,0,154,153,1,0,0,0,155,15,1,0,0,0,156,164,
        5,23,0,0,157,158,3,20,10,0,158,159,3,18,9,0,159,165,1,0,0,0,160,
        162,3,18,9,0,161,163,3,20,10,0,162,161,1,0,0,0,162,163,1,0,0,0,163,
        165,1,0,0,0,164,157,1,0,0,0,164,160,1,0,0,0,165,17,1,0,0,0,166,178,
        5,27,0,0,167,172,3,2,1,0,168,169,5,33,0,0,169,171,3,2,1,0,170,168,
        1,0,0,0,171,174,1,0,0,0,172,170,1,0,0,0,172,173,1,0,0,0,173,176,
        1,0,0,0,174,172,1,0,0,0,175,177,5,33,0,0,176,175,1,0,0,0,176,177,
        1,0,0,0,177,179,1,0,0,0,178,167,1,0,0,0,178,179,1,0,0,0,179,180,
        1,0,0,0,180,181,5,28,0,0,181,19,1,0,0,0,182,183,7,6,0,0,183,184,
        3,22,11,0,184,21,1,0,0,0,185,197,5,27,0,0,186,191,3,24,12,0,187,
        188,5,33,0,0,188,190,3,24,12,0,189,187,1,0,0,0,190,193,1,0,0,0,191,
        189,1,0,0,0,191,192,1,0,0,0,192,195,1,0,0,0,193,191,1,0,0,0,194,
        196,5,33,0,0,195,194,1,0,0,0,195,196,1,0,0,0,196,198,1,0,0,0,197,
        186,1,0,0,0,197,198,1,0,0,0,198,199,1,0,0,0,199,200,5,28,0,0,200,
        23,1,0,0,0,201,202,7,7,0,0,202,25,1,0,0,0,203,205,7,8,0,0,204,206,
        3,28,14,0,205,204,1,0,0,0,205,206,1,0,0,0,206,209,1,0,0,0,207,209,
        3,28,14,0,208,203,1,0,0,0,208,207,1,0,0,0,209,27,1,0,0,0,210,222,
        5,29,0,0,211,216,3,30,15,0,212,213,5,33,0,0,213,215,3,30,15,0,214,
        212,1,0,0,0,215,218,1,0,0,0,216,214,1,0,0,0,216,217,1,0,0,0,217,
        220,1,0,0,0,218,216,1,0,0,0,219,221,5,33,0,0,220,219,1,0,0,0,220,
        221,1,0,0,0,221,223,1,0,0,0,222,211,1,0,0,0,222,223,1,0,0,0,223,
        224,1,0,0,0,224,225,5,30,0,0,225,29,1,0,0,0,226,227,7,9,0,0,227,
        228,7,10,0,0,228,231,5,25,0,0,229,231,5,25,0,0,230,226,1,0,0,0,230,
        229,1,0,0,0,231,31,1,0,0,0,232,233,5,31,0,0,233,238,3,38,19,0,234,
        236,5,57,0,0,235,237,3,38,19,0,236,235,1,0,0,0,236,237,1,0,0,0,237,
        239,1,0,0,0,238,234,1,0,0,0,238,239,1,0,0,0,239,240,1,0,0,0,240,
        241,5,32,0,0,241,249,1,0,0,0,242,243,5,7,0,0,243,249,3,36,18,0,244,
        245,5,49,0,0,245,249,3,34,17,0,246,249,5,8,0,0,247,249,5,9,0,0,248,
        232,1,0,0,0,248,242,1,0,0,0,248,244,1,0,0,0,248,246,1,0,0,0,248,
        247,1,0,0,0,249,33,1,0,0,0,250,252,7,0,0,0,251,250,1,0,0,0,251,252,
        1,0,0,0,252,253,1,0,0,0,253,258,3,42,21,0,254,255,5,23,0,0,255,256,
        5,27,0,0,256,258,5,28,0,0,257,251,1,0,0,0,257,254,1,0,0,0,258,35,
        1,0,0,0,259,261,7,0,0,0,260,259,1,0,0,0,260,261,1,0,0,0,261,262,
        1,0,0,0,262,263,3,40,20,0,263,37,1,0,0,0,264,265,6,19,-1,0,265,269,
        3,40,20,0,266,267,7,0,0,0,267,269,3,38,19,3,268,264,1,0,0,0,268,
        266,1,0,0,0,269,281,1,0,0,0,270,271,10,4,0,0,271,272,5,39,0,0,272,
        280,3,38,19,4,273,274,10,2,0,0,274,275,7,11,0,0,275,280,3,38,19,
        3,276,277,10,1,0,0,277,278,7,0,0,0,278,280,3,38,19,2,279,270,1,0,
        0,0,279,273,1,0,0,0,279,276,1,0,0,0,280,283,1,0,0,0,281,279,1,0,
        0,0,281,282,1,0,0,0,282,39,1,0,0,0,283,281,1,0,0,0,284,303,3,42,
        21,0,285,286,5,27,0,0,286,287,3,38,19,0,287,288,5,28,0,0,288,303,
        1,0,0,0,289,290,5,23,0,0,290,299,5,27,0,0,291,296,3,38,19,0,292,
        293,5,33,0,0,293,295,3,38,19,0,294,292,1,0,0,0,295,298,1,0,0,0,296,
        294,1,0,0,0,296,297,1,0,0,0,297,300,1,0,0,0,298,296,1,0,0,0,299,
        291,1,0,0,0,299,300,1,0,0,0,300,301,1,0,0,0,301,303,5,28,0,0,302,
        284,1,0,0,0,302,285,1,0,0,0,302,289,1,0,0,0,303,41,1,0,0,0,304,305,
        7,12,0,0,305,43,1,0,0,0,47,52,57,62,68,74,80,86,92,95,97,102,105,
        109,112,117,121,129,135,137,141,154,162,164,172,176,178,191,195,
        197,205,208,216,220,222,230,236,238,248,251,257,260,268,279,281,
        296,299,302
    ];

    private static __ATN: antlr.ATN;
    public static get _ATN(): antlr.ATN {
        if (!PromQL.__ATN) {
            PromQL.__ATN = new antlr.ATNDeserializer().deserialize(PromQL._serializedATN);
        }

        return PromQL.__ATN;
    }


    private static readonly vocabulary = new antlr.Vocabulary(PromQL.literalNames, PromQL.symbolicNames, []);

    public override get vocabulary(): antlr.Vocabulary {
        return PromQL.vocabulary;
    }

    private static readonly decisionsToDFA = PromQL._ATN.decisionToState.map( (ds: antlr.DecisionState, index: number) => new antlr.DFA(ds, index) );
}

export class QueryContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public expr(): ExprContext {
        return this.getRuleContext(0, ExprContext)!;
    }
    public EOF(): antlr.TerminalNode {
        return this.getToken(PromQL.EOF, 0)!;
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_query;
    }
}


export class ExprContext extends antlr.ParserRuleContext {
    public _sign?: Token | null;
    public _op?: Token | null;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public primary(): PrimaryContext | null {
        return this.getRuleContext(0, PrimaryContext);
    }
    public postfix(): PostfixContext[];
    public postfix(i: number): PostfixContext | null;
    public postfix(i?: number): PostfixContext[] | PostfixContext | null {
        if (i === undefined) {
            return this.getRuleContexts(PostfixContext);
        }

        return this.getRuleContext(i, PostfixContext);
    }
    public expr(): ExprContext[];
    public expr(i: number): ExprContext | null;
    public expr(i?: number): ExprContext[] | ExprContext | null {
        if (i === undefined) {
            return this.getRuleContexts(ExprContext);
        }

        return this.getRuleContext(i, ExprContext);
    }
    public ADD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ADD, 0);
    }
    public SUB(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SUB, 0);
    }
    public POW(): antlr.TerminalNode | null {
        return this.getToken(PromQL.POW, 0);
    }
    public modifiers(): ModifiersContext | null {
        return this.getRuleContext(0, ModifiersContext);
    }
    public MUL(): antlr.TerminalNode | null {
        return this.getToken(PromQL.MUL, 0);
    }
    public DIV(): antlr.TerminalNode | null {
        return this.getToken(PromQL.DIV, 0);
    }
    public MOD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.MOD, 0);
    }
    public ATAN2(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ATAN2, 0);
    }
    public EQLC(): antlr.TerminalNode | null {
        return this.getToken(PromQL.EQLC, 0);
    }
    public NEQ(): antlr.TerminalNode | null {
        return this.getToken(PromQL.NEQ, 0);
    }
    public LTE(): antlr.TerminalNode | null {
        return this.getToken(PromQL.LTE, 0);
    }
    public LSS(): antlr.TerminalNode | null {
        return this.getToken(PromQL.LSS, 0);
    }
    public GTE(): antlr.TerminalNode | null {
        return this.getToken(PromQL.GTE, 0);
    }
    public GTR(): antlr.TerminalNode | null {
        return this.getToken(PromQL.GTR, 0);
    }
    public TRIM_UPPER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.TRIM_UPPER, 0);
    }
    public TRIM_LOWER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.TRIM_LOWER, 0);
    }
    public AND(): antlr.TerminalNode | null {
        return this.getToken(PromQL.AND, 0);
    }
    public UNLESS(): antlr.TerminalNode | null {
        return this.getToken(PromQL.UNLESS, 0);
    }
    public OR(): antlr.TerminalNode | null {
        return this.getToken(PromQL.OR, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_expr;
    }
}


export class ModifiersContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public BOOL(): antlr.TerminalNode | null {
        return this.getToken(PromQL.BOOL, 0);
    }
    public matching(): MatchingContext | null {
        return this.getRuleContext(0, MatchingContext);
    }
    public fill(): FillContext | null {
        return this.getRuleContext(0, FillContext);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_modifiers;
    }
}


export class MatchingContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public labels(): LabelsContext {
        return this.getRuleContext(0, LabelsContext)!;
    }
    public ON(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ON, 0);
    }
    public IGNORING(): antlr.TerminalNode | null {
        return this.getToken(PromQL.IGNORING, 0);
    }
    public group(): GroupContext | null {
        return this.getRuleContext(0, GroupContext);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_matching;
    }
}


export class GroupContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public GROUP_LEFT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.GROUP_LEFT, 0);
    }
    public GROUP_RIGHT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.GROUP_RIGHT, 0);
    }
    public labels(): LabelsContext | null {
        return this.getRuleContext(0, LabelsContext);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_group;
    }
}


export class FillContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public FILL(): antlr.TerminalNode | null {
        return this.getToken(PromQL.FILL, 0);
    }
    public fillValue(): FillValueContext[];
    public fillValue(i: number): FillValueContext | null;
    public fillValue(i?: number): FillValueContext[] | FillValueContext | null {
        if (i === undefined) {
            return this.getRuleContexts(FillValueContext);
        }

        return this.getRuleContext(i, FillValueContext);
    }
    public FILL_LEFT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.FILL_LEFT, 0);
    }
    public FILL_RIGHT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.FILL_RIGHT, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_fill;
    }
}


export class FillValueContext extends antlr.ParserRuleContext {
    public _sign?: Token | null;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public LEFT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.LEFT_PAREN, 0)!;
    }
    public number(): NumberContext {
        return this.getRuleContext(0, NumberContext)!;
    }
    public RIGHT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.RIGHT_PAREN, 0)!;
    }
    public ADD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ADD, 0);
    }
    public SUB(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SUB, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_fillValue;
    }
}


export class PrimaryContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public number(): NumberContext | null {
        return this.getRuleContext(0, NumberContext);
    }
    public STRING(): antlr.TerminalNode | null {
        return this.getToken(PromQL.STRING, 0);
    }
    public LEFT_PAREN(): antlr.TerminalNode | null {
        return this.getToken(PromQL.LEFT_PAREN, 0);
    }
    public expr(): ExprContext | null {
        return this.getRuleContext(0, ExprContext);
    }
    public RIGHT_PAREN(): antlr.TerminalNode | null {
        return this.getToken(PromQL.RIGHT_PAREN, 0);
    }
    public call(): CallContext | null {
        return this.getRuleContext(0, CallContext);
    }
    public selector(): SelectorContext | null {
        return this.getRuleContext(0, SelectorContext);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_primary;
    }
}


export class CallContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public IDENTIFIER(): antlr.TerminalNode {
        return this.getToken(PromQL.IDENTIFIER, 0)!;
    }
    public grouping(): GroupingContext | null {
        return this.getRuleContext(0, GroupingContext);
    }
    public arguments(): ArgumentsContext | null {
        return this.getRuleContext(0, ArgumentsContext);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_call;
    }
}


export class ArgumentsContext extends antlr.ParserRuleContext {
    public _trailing?: Token | null;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public LEFT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.LEFT_PAREN, 0)!;
    }
    public RIGHT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.RIGHT_PAREN, 0)!;
    }
    public expr(): ExprContext[];
    public expr(i: number): ExprContext | null;
    public expr(i?: number): ExprContext[] | ExprContext | null {
        if (i === undefined) {
            return this.getRuleContexts(ExprContext);
        }

        return this.getRuleContext(i, ExprContext);
    }
    public COMMA(): antlr.TerminalNode[];
    public COMMA(i: number): antlr.TerminalNode | null;
    public COMMA(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(PromQL.COMMA);
    	} else {
    		return this.getToken(PromQL.COMMA, i);
    	}
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_arguments;
    }
}


export class GroupingContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public labels(): LabelsContext {
        return this.getRuleContext(0, LabelsContext)!;
    }
    public BY(): antlr.TerminalNode | null {
        return this.getToken(PromQL.BY, 0);
    }
    public WITHOUT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.WITHOUT, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_grouping;
    }
}


export class LabelsContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public LEFT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.LEFT_PAREN, 0)!;
    }
    public RIGHT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.RIGHT_PAREN, 0)!;
    }
    public label(): LabelContext[];
    public label(i: number): LabelContext | null;
    public label(i?: number): LabelContext[] | LabelContext | null {
        if (i === undefined) {
            return this.getRuleContexts(LabelContext);
        }

        return this.getRuleContext(i, LabelContext);
    }
    public COMMA(): antlr.TerminalNode[];
    public COMMA(i: number): antlr.TerminalNode | null;
    public COMMA(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(PromQL.COMMA);
    	} else {
    		return this.getToken(PromQL.COMMA, i);
    	}
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_labels;
    }
}


export class LabelContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public IDENTIFIER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.IDENTIFIER, 0);
    }
    public METRIC_IDENTIFIER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.METRIC_IDENTIFIER, 0);
    }
    public STRING(): antlr.TerminalNode | null {
        return this.getToken(PromQL.STRING, 0);
    }
    public AND(): antlr.TerminalNode | null {
        return this.getToken(PromQL.AND, 0);
    }
    public OR(): antlr.TerminalNode | null {
        return this.getToken(PromQL.OR, 0);
    }
    public UNLESS(): antlr.TerminalNode | null {
        return this.getToken(PromQL.UNLESS, 0);
    }
    public ATAN2(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ATAN2, 0);
    }
    public OFFSET(): antlr.TerminalNode | null {
        return this.getToken(PromQL.OFFSET, 0);
    }
    public ANCHORED(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ANCHORED, 0);
    }
    public SMOOTHED(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SMOOTHED, 0);
    }
    public BY(): antlr.TerminalNode | null {
        return this.getToken(PromQL.BY, 0);
    }
    public ON(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ON, 0);
    }
    public IGNORING(): antlr.TerminalNode | null {
        return this.getToken(PromQL.IGNORING, 0);
    }
    public GROUP_LEFT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.GROUP_LEFT, 0);
    }
    public GROUP_RIGHT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.GROUP_RIGHT, 0);
    }
    public BOOL(): antlr.TerminalNode | null {
        return this.getToken(PromQL.BOOL, 0);
    }
    public FILL(): antlr.TerminalNode | null {
        return this.getToken(PromQL.FILL, 0);
    }
    public FILL_LEFT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.FILL_LEFT, 0);
    }
    public FILL_RIGHT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.FILL_RIGHT, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_label;
    }
}


export class SelectorContext extends antlr.ParserRuleContext {
    public _name?: Token | null;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public IDENTIFIER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.IDENTIFIER, 0);
    }
    public METRIC_IDENTIFIER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.METRIC_IDENTIFIER, 0);
    }
    public AND(): antlr.TerminalNode | null {
        return this.getToken(PromQL.AND, 0);
    }
    public OR(): antlr.TerminalNode | null {
        return this.getToken(PromQL.OR, 0);
    }
    public UNLESS(): antlr.TerminalNode | null {
        return this.getToken(PromQL.UNLESS, 0);
    }
    public OFFSET(): antlr.TerminalNode | null {
        return this.getToken(PromQL.OFFSET, 0);
    }
    public ANCHORED(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ANCHORED, 0);
    }
    public SMOOTHED(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SMOOTHED, 0);
    }
    public BY(): antlr.TerminalNode | null {
        return this.getToken(PromQL.BY, 0);
    }
    public WITHOUT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.WITHOUT, 0);
    }
    public FILL(): antlr.TerminalNode | null {
        return this.getToken(PromQL.FILL, 0);
    }
    public FILL_LEFT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.FILL_LEFT, 0);
    }
    public FILL_RIGHT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.FILL_RIGHT, 0);
    }
    public matchers(): MatchersContext | null {
        return this.getRuleContext(0, MatchersContext);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_selector;
    }
}


export class MatchersContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public LEFT_BRACE(): antlr.TerminalNode {
        return this.getToken(PromQL.LEFT_BRACE, 0)!;
    }
    public RIGHT_BRACE(): antlr.TerminalNode {
        return this.getToken(PromQL.RIGHT_BRACE, 0)!;
    }
    public matcher(): MatcherContext[];
    public matcher(i: number): MatcherContext | null;
    public matcher(i?: number): MatcherContext[] | MatcherContext | null {
        if (i === undefined) {
            return this.getRuleContexts(MatcherContext);
        }

        return this.getRuleContext(i, MatcherContext);
    }
    public COMMA(): antlr.TerminalNode[];
    public COMMA(i: number): antlr.TerminalNode | null;
    public COMMA(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(PromQL.COMMA);
    	} else {
    		return this.getToken(PromQL.COMMA, i);
    	}
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_matchers;
    }
}


export class MatcherContext extends antlr.ParserRuleContext {
    public _key?: Token | null;
    public _op?: Token | null;
    public _value?: Token | null;
    public _metric?: Token | null;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public STRING(): antlr.TerminalNode[];
    public STRING(i: number): antlr.TerminalNode | null;
    public STRING(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(PromQL.STRING);
    	} else {
    		return this.getToken(PromQL.STRING, i);
    	}
    }
    public IDENTIFIER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.IDENTIFIER, 0);
    }
    public EQL(): antlr.TerminalNode | null {
        return this.getToken(PromQL.EQL, 0);
    }
    public NEQ(): antlr.TerminalNode | null {
        return this.getToken(PromQL.NEQ, 0);
    }
    public EQL_REGEX(): antlr.TerminalNode | null {
        return this.getToken(PromQL.EQL_REGEX, 0);
    }
    public NEQ_REGEX(): antlr.TerminalNode | null {
        return this.getToken(PromQL.NEQ_REGEX, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_matcher;
    }
}


export class PostfixContext extends antlr.ParserRuleContext {
    public _range?: DurationContext;
    public _step?: DurationContext;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public LEFT_BRACKET(): antlr.TerminalNode | null {
        return this.getToken(PromQL.LEFT_BRACKET, 0);
    }
    public RIGHT_BRACKET(): antlr.TerminalNode | null {
        return this.getToken(PromQL.RIGHT_BRACKET, 0);
    }
    public duration(): DurationContext[];
    public duration(i: number): DurationContext | null;
    public duration(i?: number): DurationContext[] | DurationContext | null {
        if (i === undefined) {
            return this.getRuleContexts(DurationContext);
        }

        return this.getRuleContext(i, DurationContext);
    }
    public COLON(): antlr.TerminalNode | null {
        return this.getToken(PromQL.COLON, 0);
    }
    public OFFSET(): antlr.TerminalNode | null {
        return this.getToken(PromQL.OFFSET, 0);
    }
    public offset(): OffsetContext | null {
        return this.getRuleContext(0, OffsetContext);
    }
    public AT(): antlr.TerminalNode | null {
        return this.getToken(PromQL.AT, 0);
    }
    public timestamp(): TimestampContext | null {
        return this.getRuleContext(0, TimestampContext);
    }
    public ANCHORED(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ANCHORED, 0);
    }
    public SMOOTHED(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SMOOTHED, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_postfix;
    }
}


export class TimestampContext extends antlr.ParserRuleContext {
    public _sign?: Token | null;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public number(): NumberContext | null {
        return this.getRuleContext(0, NumberContext);
    }
    public ADD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ADD, 0);
    }
    public SUB(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SUB, 0);
    }
    public IDENTIFIER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.IDENTIFIER, 0);
    }
    public LEFT_PAREN(): antlr.TerminalNode | null {
        return this.getToken(PromQL.LEFT_PAREN, 0);
    }
    public RIGHT_PAREN(): antlr.TerminalNode | null {
        return this.getToken(PromQL.RIGHT_PAREN, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_timestamp;
    }
}


export class OffsetContext extends antlr.ParserRuleContext {
    public _sign?: Token | null;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public durationOperand(): DurationOperandContext {
        return this.getRuleContext(0, DurationOperandContext)!;
    }
    public ADD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ADD, 0);
    }
    public SUB(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SUB, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_offset;
    }
}


export class DurationContext extends antlr.ParserRuleContext {
    public _sign?: Token | null;
    public _op?: Token | null;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public durationOperand(): DurationOperandContext | null {
        return this.getRuleContext(0, DurationOperandContext);
    }
    public duration(): DurationContext[];
    public duration(i: number): DurationContext | null;
    public duration(i?: number): DurationContext[] | DurationContext | null {
        if (i === undefined) {
            return this.getRuleContexts(DurationContext);
        }

        return this.getRuleContext(i, DurationContext);
    }
    public ADD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ADD, 0);
    }
    public SUB(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SUB, 0);
    }
    public POW(): antlr.TerminalNode | null {
        return this.getToken(PromQL.POW, 0);
    }
    public MUL(): antlr.TerminalNode | null {
        return this.getToken(PromQL.MUL, 0);
    }
    public DIV(): antlr.TerminalNode | null {
        return this.getToken(PromQL.DIV, 0);
    }
    public MOD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.MOD, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_duration;
    }
}


export class DurationOperandContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public number(): NumberContext | null {
        return this.getRuleContext(0, NumberContext);
    }
    public LEFT_PAREN(): antlr.TerminalNode | null {
        return this.getToken(PromQL.LEFT_PAREN, 0);
    }
    public duration(): DurationContext[];
    public duration(i: number): DurationContext | null;
    public duration(i?: number): DurationContext[] | DurationContext | null {
        if (i === undefined) {
            return this.getRuleContexts(DurationContext);
        }

        return this.getRuleContext(i, DurationContext);
    }
    public RIGHT_PAREN(): antlr.TerminalNode | null {
        return this.getToken(PromQL.RIGHT_PAREN, 0);
    }
    public IDENTIFIER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.IDENTIFIER, 0);
    }
    public COMMA(): antlr.TerminalNode[];
    public COMMA(i: number): antlr.TerminalNode | null;
    public COMMA(i?: number): antlr.TerminalNode | null | antlr.TerminalNode[] {
    	if (i === undefined) {
    		return this.getTokens(PromQL.COMMA);
    	} else {
    		return this.getToken(PromQL.COMMA, i);
    	}
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_durationOperand;
    }
}


export class NumberContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public NUMBER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.NUMBER, 0);
    }
    public DURATION(): antlr.TerminalNode | null {
        return this.getToken(PromQL.DURATION, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_number;
    }
}
