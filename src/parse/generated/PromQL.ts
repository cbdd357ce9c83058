// @ts-nocheck Generated from grammars/*.g4 by scripts/generate.sh
import * as antlr from "antlr4ng";
import { Token } from "antlr4ng";

// for running tests with parameters, TODO: discuss strategy for typed parameters in CI
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
    public static readonly RULE_group = 3;
    public static readonly RULE_fill = 4;
    public static readonly RULE_fillValue = 5;
    public static readonly RULE_primary = 6;
    public static readonly RULE_call = 7;
    public static readonly RULE_arguments = 8;
    public static readonly RULE_grouping = 9;
    public static readonly RULE_labels = 10;
    public static readonly RULE_label = 11;
    public static readonly RULE_selector = 12;
    public static readonly RULE_metricName = 13;
    public static readonly RULE_matchers = 14;
    public static readonly RULE_matcher = 15;
    public static readonly RULE_postfix = 16;
    public static readonly RULE_timestamp = 17;
    public static readonly RULE_offset = 18;
    public static readonly RULE_duration = 19;
    public static readonly RULE_durationOperand = 20;
    public static readonly RULE_sign = 21;
    public static readonly RULE_number = 22;

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
        "query", "expr", "modifiers", "group", "fill", "fillValue", "primary",
        "call", "arguments", "grouping", "labels", "label", "selector",
        "metricName", "matchers", "matcher", "postfix", "timestamp", "offset",
        "duration", "durationOperand", "sign", "number",
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
            this.state = 46;
            this.expr(0);
            this.state = 47;
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
            this.state = 60;
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
                localContext = new OperandContext(localContext);
                this.context = localContext;
                previousContext = localContext;

                this.state = 50;
                this.primary();
                this.state = 54;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 0, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 51;
                        this.postfix();
                        }
                        }
                    }
                    this.state = 56;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 0, this.context);
                }
                }
                break;
            case PromQL.ADD:
            case PromQL.SUB:
                {
                localContext = new UnaryContext(localContext);
                this.context = localContext;
                previousContext = localContext;
                this.state = 57;
                this.sign();
                this.state = 58;
                this.expr(6);
                }
                break;
            default:
                throw new antlr.NoViableAltException(this);
            }
            this.context!.stop = this.tokenStream.LT(-1);
            this.state = 94;
            this.errorHandler.sync(this);
            alternative = this.interpreter.adaptivePredict(this.tokenStream, 3, this.context);
            while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                if (alternative === 1) {
                    if (this.parseListeners != null) {
                        this.triggerExitRuleEvent();
                    }
                    previousContext = localContext;
                    {
                    this.state = 92;
                    this.errorHandler.sync(this);
                    switch (this.interpreter.adaptivePredict(this.tokenStream, 2, this.context) ) {
                    case 1:
                        {
                        localContext = new BinaryContext(new ExprContext(parentContext, parentState));
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 62;
                        if (!(this.precpred(this.context, 7))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 7)");
                        }
                        this.state = 63;
                        (localContext as BinaryContext)._op = this.match(PromQL.POW);
                        this.state = 64;
                        this.modifiers();
                        this.state = 65;
                        this.expr(7);
                        }
                        break;
                    case 2:
                        {
                        localContext = new BinaryContext(new ExprContext(parentContext, parentState));
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 67;
                        if (!(this.precpred(this.context, 5))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 5)");
                        }
                        this.state = 68;
                        (localContext as BinaryContext)._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(_la === 6 || ((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & 7) !== 0))) {
                            (localContext as BinaryContext)._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 69;
                        this.modifiers();
                        this.state = 70;
                        this.expr(6);
                        }
                        break;
                    case 3:
                        {
                        localContext = new BinaryContext(new ExprContext(parentContext, parentState));
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 72;
                        if (!(this.precpred(this.context, 4))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 4)");
                        }
                        this.state = 73;
                        (localContext as BinaryContext)._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(_la === 34 || _la === 35)) {
                            (localContext as BinaryContext)._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 74;
                        this.modifiers();
                        this.state = 75;
                        this.expr(5);
                        }
                        break;
                    case 4:
                        {
                        localContext = new BinaryContext(new ExprContext(parentContext, parentState));
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 77;
                        if (!(this.precpred(this.context, 3))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 3)");
                        }
                        this.state = 78;
                        (localContext as BinaryContext)._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(((((_la - 40)) & ~0x1F) === 0 && ((1 << (_la - 40)) & 255) !== 0))) {
                            (localContext as BinaryContext)._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 79;
                        this.modifiers();
                        this.state = 80;
                        this.expr(4);
                        }
                        break;
                    case 5:
                        {
                        localContext = new BinaryContext(new ExprContext(parentContext, parentState));
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 82;
                        if (!(this.precpred(this.context, 2))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 2)");
                        }
                        this.state = 83;
                        (localContext as BinaryContext)._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(_la === 3 || _la === 5)) {
                            (localContext as BinaryContext)._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 84;
                        this.modifiers();
                        this.state = 85;
                        this.expr(3);
                        }
                        break;
                    case 6:
                        {
                        localContext = new BinaryContext(new ExprContext(parentContext, parentState));
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_expr);
                        this.state = 87;
                        if (!(this.precpred(this.context, 1))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 1)");
                        }
                        this.state = 88;
                        (localContext as BinaryContext)._op = this.match(PromQL.OR);
                        this.state = 89;
                        this.modifiers();
                        this.state = 90;
                        this.expr(2);
                        }
                        break;
                    }
                    }
                }
                this.state = 96;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 3, this.context);
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
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 98;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 16) {
                {
                this.state = 97;
                this.match(PromQL.BOOL);
                }
            }

            this.state = 105;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 12 || _la === 13) {
                {
                this.state = 100;
                _la = this.tokenStream.LA(1);
                if(!(_la === 12 || _la === 13)) {
                this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 101;
                this.labels();
                this.state = 103;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 14 || _la === 15) {
                    {
                    this.state = 102;
                    this.group();
                    }
                }

                }
            }

            this.state = 108;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 7, this.context) ) {
            case 1:
                {
                this.state = 107;
                this.fill();
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
    public group(): GroupContext {
        let localContext = new GroupContext(this.context, this.state);
        this.enterRule(localContext, 6, PromQL.RULE_group);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 110;
            _la = this.tokenStream.LA(1);
            if(!(_la === 14 || _la === 15)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            this.state = 112;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 8, this.context) ) {
            case 1:
                {
                this.state = 111;
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
        this.enterRule(localContext, 8, PromQL.RULE_fill);
        try {
            this.state = 128;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.FILL:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 114;
                this.match(PromQL.FILL);
                this.state = 115;
                this.fillValue();
                }
                break;
            case PromQL.FILL_LEFT:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 116;
                this.match(PromQL.FILL_LEFT);
                this.state = 117;
                this.fillValue();
                this.state = 120;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 9, this.context) ) {
                case 1:
                    {
                    this.state = 118;
                    this.match(PromQL.FILL_RIGHT);
                    this.state = 119;
                    this.fillValue();
                    }
                    break;
                }
                }
                break;
            case PromQL.FILL_RIGHT:
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 122;
                this.match(PromQL.FILL_RIGHT);
                this.state = 123;
                this.fillValue();
                this.state = 126;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 10, this.context) ) {
                case 1:
                    {
                    this.state = 124;
                    this.match(PromQL.FILL_LEFT);
                    this.state = 125;
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
        this.enterRule(localContext, 10, PromQL.RULE_fillValue);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 130;
            this.match(PromQL.LEFT_PAREN);
            this.state = 132;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 34 || _la === 35) {
                {
                this.state = 131;
                this.sign();
                }
            }

            this.state = 134;
            this.number_();
            this.state = 135;
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
        this.enterRule(localContext, 12, PromQL.RULE_primary);
        try {
            this.state = 145;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 13, this.context) ) {
            case 1:
                localContext = new NumberLiteralContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 137;
                this.number_();
                }
                break;
            case 2:
                localContext = new StringLiteralContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 138;
                this.match(PromQL.STRING);
                }
                break;
            case 3:
                localContext = new ParenthesisedContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 139;
                this.match(PromQL.LEFT_PAREN);
                this.state = 140;
                this.expr(0);
                this.state = 141;
                this.match(PromQL.RIGHT_PAREN);
                }
                break;
            case 4:
                localContext = new CalledContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 143;
                this.call();
                }
                break;
            case 5:
                localContext = new SelectedContext(localContext);
                this.enterOuterAlt(localContext, 5);
                {
                this.state = 144;
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
        this.enterRule(localContext, 14, PromQL.RULE_call);
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 147;
            this.match(PromQL.IDENTIFIER);
            this.state = 155;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.BY:
            case PromQL.WITHOUT:
                {
                this.state = 148;
                this.grouping();
                this.state = 149;
                this.arguments();
                }
                break;
            case PromQL.LEFT_PAREN:
                {
                this.state = 151;
                this.arguments();
                this.state = 153;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 14, this.context) ) {
                case 1:
                    {
                    this.state = 152;
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
        this.enterRule(localContext, 16, PromQL.RULE_arguments);
        let _la: number;
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 157;
            this.match(PromQL.LEFT_PAREN);
            this.state = 169;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if ((((_la) & ~0x1F) === 0 && ((1 << _la) & 733876152) !== 0) || _la === 34 || _la === 35) {
                {
                this.state = 158;
                this.expr(0);
                this.state = 163;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 16, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 159;
                        this.match(PromQL.COMMA);
                        this.state = 160;
                        this.expr(0);
                        }
                        }
                    }
                    this.state = 165;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 16, this.context);
                }
                this.state = 167;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 33) {
                    {
                    this.state = 166;
                    localContext._trailing = this.match(PromQL.COMMA);
                    }
                }

                }
            }

            this.state = 171;
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
        this.enterRule(localContext, 18, PromQL.RULE_grouping);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 173;
            _la = this.tokenStream.LA(1);
            if(!(_la === 10 || _la === 11)) {
            this.errorHandler.recoverInline(this);
            }
            else {
                this.errorHandler.reportMatch(this);
                this.consume();
            }
            this.state = 174;
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
        this.enterRule(localContext, 20, PromQL.RULE_labels);
        let _la: number;
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 176;
            this.match(PromQL.LEFT_PAREN);
            this.state = 188;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if ((((_la) & ~0x1F) === 0 && ((1 << _la) & 59766776) !== 0)) {
                {
                this.state = 177;
                this.label();
                this.state = 182;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 19, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 178;
                        this.match(PromQL.COMMA);
                        this.state = 179;
                        this.label();
                        }
                        }
                    }
                    this.state = 184;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 19, this.context);
                }
                this.state = 186;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 33) {
                    {
                    this.state = 185;
                    this.match(PromQL.COMMA);
                    }
                }

                }
            }

            this.state = 190;
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
        this.enterRule(localContext, 22, PromQL.RULE_label);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 192;
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
        this.enterRule(localContext, 24, PromQL.RULE_selector);
        try {
            this.state = 199;
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
                this.state = 194;
                this.metricName();
                this.state = 196;
                this.errorHandler.sync(this);
                switch (this.interpreter.adaptivePredict(this.tokenStream, 22, this.context) ) {
                case 1:
                    {
                    this.state = 195;
                    this.matchers();
                    }
                    break;
                }
                }
                break;
            case PromQL.LEFT_BRACE:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 198;
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
    public metricName(): MetricNameContext {
        let localContext = new MetricNameContext(this.context, this.state);
        this.enterRule(localContext, 26, PromQL.RULE_metricName);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 201;
            _la = this.tokenStream.LA(1);
            if(!((((_la) & ~0x1F) === 0 && ((1 << _la) & 26087352) !== 0))) {
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
    public matchers(): MatchersContext {
        let localContext = new MatchersContext(this.context, this.state);
        this.enterRule(localContext, 28, PromQL.RULE_matchers);
        let _la: number;
        try {
            let alternative: number;
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 203;
            this.match(PromQL.LEFT_BRACE);
            this.state = 215;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 23 || _la === 25) {
                {
                this.state = 204;
                this.matcher();
                this.state = 209;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 24, this.context);
                while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                    if (alternative === 1) {
                        {
                        {
                        this.state = 205;
                        this.match(PromQL.COMMA);
                        this.state = 206;
                        this.matcher();
                        }
                        }
                    }
                    this.state = 211;
                    this.errorHandler.sync(this);
                    alternative = this.interpreter.adaptivePredict(this.tokenStream, 24, this.context);
                }
                this.state = 213;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 33) {
                    {
                    this.state = 212;
                    this.match(PromQL.COMMA);
                    }
                }

                }
            }

            this.state = 217;
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
            this.state = 223;
            this.errorHandler.sync(this);
            switch (this.interpreter.adaptivePredict(this.tokenStream, 27, this.context) ) {
            case 1:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 219;
                _la = this.tokenStream.LA(1);
                if(!(_la === 23 || _la === 25)) {
                this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 220;
                localContext._op = this.tokenStream.LT(1);
                _la = this.tokenStream.LA(1);
                if(!(_la === 1 || _la === 2 || _la === 41 || _la === 48)) {
                    localContext._op = this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
                }
                this.state = 221;
                localContext._value = this.match(PromQL.STRING);
                }
                break;
            case 2:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 222;
                localContext._name = this.match(PromQL.STRING);
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
            this.state = 240;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.LEFT_BRACKET:
                localContext = new BracketedContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 225;
                this.match(PromQL.LEFT_BRACKET);
                this.state = 226;
                (localContext as BracketedContext)._range = this.duration(0);
                this.state = 231;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 57) {
                    {
                    this.state = 227;
                    this.match(PromQL.COLON);
                    this.state = 229;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                    if (((((_la - 20)) & ~0x1F) === 0 && ((1 << (_la - 20)) & 49291) !== 0)) {
                        {
                        this.state = 228;
                        (localContext as BracketedContext)._step = this.duration(0);
                        }
                    }

                    }
                }

                this.state = 233;
                this.match(PromQL.RIGHT_BRACKET);
                }
                break;
            case PromQL.OFFSET:
                localContext = new OffsetByContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 235;
                this.match(PromQL.OFFSET);
                this.state = 236;
                this.offset();
                }
                break;
            case PromQL.AT:
                localContext = new AtContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 237;
                this.match(PromQL.AT);
                this.state = 238;
                this.timestamp();
                }
                break;
            case PromQL.ANCHORED:
            case PromQL.SMOOTHED:
                localContext = new ExtendedContext(localContext);
                this.enterOuterAlt(localContext, 4);
                {
                this.state = 239;
                _la = this.tokenStream.LA(1);
                if(!(_la === 8 || _la === 9)) {
                this.errorHandler.recoverInline(this);
                }
                else {
                    this.errorHandler.reportMatch(this);
                    this.consume();
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
    public timestamp(): TimestampContext {
        let localContext = new TimestampContext(this.context, this.state);
        this.enterRule(localContext, 34, PromQL.RULE_timestamp);
        let _la: number;
        try {
            this.state = 249;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.NUMBER:
            case PromQL.DURATION:
            case PromQL.ADD:
            case PromQL.SUB:
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 243;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (_la === 34 || _la === 35) {
                    {
                    this.state = 242;
                    this.sign();
                    }
                }

                this.state = 245;
                this.number_();
                }
                break;
            case PromQL.IDENTIFIER:
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 246;
                this.match(PromQL.IDENTIFIER);
                this.state = 247;
                this.match(PromQL.LEFT_PAREN);
                this.state = 248;
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
            this.state = 252;
            this.errorHandler.sync(this);
            _la = this.tokenStream.LA(1);
            if (_la === 34 || _la === 35) {
                {
                this.state = 251;
                this.sign();
                }
            }

            this.state = 254;
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
            this.state = 261;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.NUMBER:
            case PromQL.DURATION:
            case PromQL.IDENTIFIER:
            case PromQL.LEFT_PAREN:
                {
                localContext = new DurationAtomContext(localContext);
                this.context = localContext;
                previousContext = localContext;

                this.state = 257;
                this.durationOperand();
                }
                break;
            case PromQL.ADD:
            case PromQL.SUB:
                {
                localContext = new DurationUnaryContext(localContext);
                this.context = localContext;
                previousContext = localContext;
                this.state = 258;
                this.sign();
                this.state = 259;
                this.duration(3);
                }
                break;
            default:
                throw new antlr.NoViableAltException(this);
            }
            this.context!.stop = this.tokenStream.LT(-1);
            this.state = 274;
            this.errorHandler.sync(this);
            alternative = this.interpreter.adaptivePredict(this.tokenStream, 36, this.context);
            while (alternative !== 2 && alternative !== antlr.ATN.INVALID_ALT_NUMBER) {
                if (alternative === 1) {
                    if (this.parseListeners != null) {
                        this.triggerExitRuleEvent();
                    }
                    previousContext = localContext;
                    {
                    this.state = 272;
                    this.errorHandler.sync(this);
                    switch (this.interpreter.adaptivePredict(this.tokenStream, 35, this.context) ) {
                    case 1:
                        {
                        localContext = new DurationBinaryContext(new DurationContext(parentContext, parentState));
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_duration);
                        this.state = 263;
                        if (!(this.precpred(this.context, 4))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 4)");
                        }
                        this.state = 264;
                        (localContext as DurationBinaryContext)._op = this.match(PromQL.POW);
                        this.state = 265;
                        this.duration(4);
                        }
                        break;
                    case 2:
                        {
                        localContext = new DurationBinaryContext(new DurationContext(parentContext, parentState));
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_duration);
                        this.state = 266;
                        if (!(this.precpred(this.context, 2))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 2)");
                        }
                        this.state = 267;
                        (localContext as DurationBinaryContext)._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & 7) !== 0))) {
                            (localContext as DurationBinaryContext)._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 268;
                        this.duration(3);
                        }
                        break;
                    case 3:
                        {
                        localContext = new DurationBinaryContext(new DurationContext(parentContext, parentState));
                        this.pushNewRecursionContext(localContext, _startState, PromQL.RULE_duration);
                        this.state = 269;
                        if (!(this.precpred(this.context, 1))) {
                            throw this.createFailedPredicateException("this.precpred(this.context, 1)");
                        }
                        this.state = 270;
                        (localContext as DurationBinaryContext)._op = this.tokenStream.LT(1);
                        _la = this.tokenStream.LA(1);
                        if(!(_la === 34 || _la === 35)) {
                            (localContext as DurationBinaryContext)._op = this.errorHandler.recoverInline(this);
                        }
                        else {
                            this.errorHandler.reportMatch(this);
                            this.consume();
                        }
                        this.state = 271;
                        this.duration(2);
                        }
                        break;
                    }
                    }
                }
                this.state = 276;
                this.errorHandler.sync(this);
                alternative = this.interpreter.adaptivePredict(this.tokenStream, 36, this.context);
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
            this.state = 295;
            this.errorHandler.sync(this);
            switch (this.tokenStream.LA(1)) {
            case PromQL.NUMBER:
            case PromQL.DURATION:
                localContext = new DurationLiteralContext(localContext);
                this.enterOuterAlt(localContext, 1);
                {
                this.state = 277;
                this.number_();
                }
                break;
            case PromQL.LEFT_PAREN:
                localContext = new DurationParenContext(localContext);
                this.enterOuterAlt(localContext, 2);
                {
                this.state = 278;
                this.match(PromQL.LEFT_PAREN);
                this.state = 279;
                this.duration(0);
                this.state = 280;
                this.match(PromQL.RIGHT_PAREN);
                }
                break;
            case PromQL.IDENTIFIER:
                localContext = new DurationCallContext(localContext);
                this.enterOuterAlt(localContext, 3);
                {
                this.state = 282;
                this.match(PromQL.IDENTIFIER);
                this.state = 283;
                this.match(PromQL.LEFT_PAREN);
                this.state = 292;
                this.errorHandler.sync(this);
                _la = this.tokenStream.LA(1);
                if (((((_la - 20)) & ~0x1F) === 0 && ((1 << (_la - 20)) & 49291) !== 0)) {
                    {
                    this.state = 284;
                    this.duration(0);
                    this.state = 289;
                    this.errorHandler.sync(this);
                    _la = this.tokenStream.LA(1);
                    while (_la === 33) {
                        {
                        {
                        this.state = 285;
                        this.match(PromQL.COMMA);
                        this.state = 286;
                        this.duration(0);
                        }
                        }
                        this.state = 291;
                        this.errorHandler.sync(this);
                        _la = this.tokenStream.LA(1);
                    }
                    }
                }

                this.state = 294;
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
    public sign(): SignContext {
        let localContext = new SignContext(this.context, this.state);
        this.enterRule(localContext, 42, PromQL.RULE_sign);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 297;
            _la = this.tokenStream.LA(1);
            if(!(_la === 34 || _la === 35)) {
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
    public number_(): NumberContext {
        let localContext = new NumberContext(this.context, this.state);
        this.enterRule(localContext, 44, PromQL.RULE_number);
        let _la: number;
        try {
            this.enterOuterAlt(localContext, 1);
            {
            this.state = 299;
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
        4,1,61,302,2,0,7,0,2,1,7,1,2,2,7,2,2,3,7,3,2,4,7,4,2,5,7,5,2,6,7,
        6,2,7,7,7,2,8,7,8,2,9,7,9,2,10,7,10,2,11,7,11,2,12,7,12,2,13,7,13,
        2,14,7,14,2,15,7,15,2,16,7,16,2,17,7,17,2,18,7,18,2,19,7,19,2,20,
        7,20,2,21,7,21,2,22,7,22,1,0,1,0,1,0,1,1,1,1,1,1,5,1,53,8,1,10,1,
        12,1,56,9,1,1,1,1,1,1,1,3,1,61,8,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,
        1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,
        1,1,1,1,1,1,1,1,1,1,1,1,1,5,1,93,8,1,10,1,12,1,96,9,1,1,2,3,2,99,
        8,2,1,2,1,2,1,2,3,2,104,8,2,3,2,106,8,2,1,2,3,2,109,8,2,1,3,1,3,
        3,3,113,8,3,1,4,1,4,1,4,1,4,1,4,1,4,3,4,121,8,4,1,4,1,4,1,4,1,4,
        3,4,127,8,4,3,4,129,8,4,1,5,1,5,3,5,133,8,5,1,5,1,5,1,5,1,6,1,6,
        1,6,1,6,1,6,1,6,1,6,1,6,3,6,146,8,6,1,7,1,7,1,7,1,7,1,7,1,7,3,7,
        154,8,7,3,7,156,8,7,1,8,1,8,1,8,1,8,5,8,162,8,8,10,8,12,8,165,9,
        8,1,8,3,8,168,8,8,3,8,170,8,8,1,8,1,8,1,9,1,9,1,9,1,10,1,10,1,10,
        1,10,5,10,181,8,10,10,10,12,10,184,9,10,1,10,3,10,187,8,10,3,10,
        189,8,10,1,10,1,10,1,11,1,11,1,12,1,12,3,12,197,8,12,1,12,3,12,200,
        8,12,1,13,1,13,1,14,1,14,1,14,1,14,5,14,208,8,14,10,14,12,14,211,
        9,14,1,14,3,14,214,8,14,3,14,216,8,14,1,14,1,14,1,15,1,15,1,15,1,
        15,3,15,224,8,15,1,16,1,16,1,16,1,16,3,16,230,8,16,3,16,232,8,16,
        1,16,1,16,1,16,1,16,1,16,1,16,1,16,3,16,241,8,16,1,17,3,17,244,8,
        17,1,17,1,17,1,17,1,17,3,17,250,8,17,1,18,3,18,253,8,18,1,18,1,18,
        1,19,1,19,1,19,1,19,1,19,3,19,262,8,19,1,19,1,19,1,19,1,19,1,19,
        1,19,1,19,1,19,1,19,5,19,273,8,19,10,19,12,19,276,9,19,1,20,1,20,
        1,20,1,20,1,20,1,20,1,20,1,20,1,20,1,20,5,20,288,8,20,10,20,12,20,
        291,9,20,3,20,293,8,20,1,20,3,20,296,8,20,1,21,1,21,1,22,1,22,1,
        22,0,2,2,38,23,0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34,
        36,38,40,42,44,0,14,2,0,6,6,36,38,1,0,34,35,1,0,40,47,2,0,3,3,5,
        5,1,0,12,13,1,0,14,15,1,0,10,11,3,0,3,10,12,19,23,25,4,0,3,5,7,11,
        17,19,23,24,2,0,23,23,25,25,3,0,1,2,41,41,48,48,1,0,8,9,1,0,36,38,
        1,0,20,21,330,0,46,1,0,0,0,2,60,1,0,0,0,4,98,1,0,0,0,6,110,1,0,0,
        0,8,128,1,0,0,0,10,130,1,0,0,0,12,145,1,0,0,0,14,147,1,0,0,0,16,
        157,1,0,0,0,18,173,1,0,0,0,20,176,1,0,0,0,22,192,1,0,0,0,24,199,
        1,0,0,0,26,201,1,0,0,0,28,203,1,0,0,0,30,223,1,0,0,0,32,240,1,0,
        0,0,34,249,1,0,0,0,36,252,1,0,0,0,38,261,1,0,0,0,40,295,1,0,0,0,
        42,297,1,0,0,0,44,299,1,0,0,0,46,47,3,2,1,0,47,48,5,0,0,1,48,1,1,
        0,0,0,49,50,6,1,-1,0,50,54,3,12,6,0,51,53,3,32,16,0,52,51,1,0,0,
        0,53,56,1,0,0,0,54,52,1,0,0,0,54,55,1,0,0,0,55,61,1,0,0,0,56,54,
        1,0,0,0,57,58,3,42,21,0,58,59,3,2,1,6,59,61,1,0,0,0,60,49,1,0,0,
        0,60,57,1,0,0,0,61,94,1,0,0,0,62,63,10,7,0,0,63,64,5,39,0,0,64,65,
        3,4,2,0,65,66,3,2,1,7,66,93,1,0,0,0,67,68,10,5,0,0,68,69,7,0,0,0,
        69,70,3,4,2,0,70,71,3,2,1,6,71,93,1,0,0,0,72,73,10,4,0,0,73,74,7,
        1,0,0,74,75,3,4,2,0,75,76,3,2,1,5,76,93,1,0,0,0,77,78,10,3,0,0,78,
        79,7,2,0,0,79,80,3,4,2,0,80,81,3,2,1,4,81,93,1,0,0,0,82,83,10,2,
        0,0,83,84,7,3,0,0,84,85,3,4,2,0,85,86,3,2,1,3,86,93,1,0,0,0,87,88,
        10,1,0,0,88,89,5,4,0,0,89,90,3,4,2,0,90,91,3,2,1,2,91,93,1,0,0,0,
        92,62,1,0,0,0,92,67,1,0,0,0,92,72,1,0,0,0,92,77,1,0,0,0,92,82,1,
        0,0,0,92,87,1,0,0,0,93,96,1,0,0,0,94,92,1,0,0,0,94,95,1,0,0,0,95,
        3,1,0,0,0,96,94,1,0,0,0,97,99,5,16,0,0,98,97,1,0,0,0,98,99,1,0,0,
        0,99,105,1,0,0,0,100,101,7,4,0,0,101,103,3,20,10,0,102,104,3,6,3,
        0,103,102,1,0,0,0,103,104,1,0,0,0,104,106,1,0,0,0,105,100,1,0,0,
        0,105,106,1,0,0,0,106,108,1,0,0,0,107,109,3,8,4,0,108,107,1,0,0,
        0,108,109,1,0,0,0,109,5,1,0,0,0,110,112,7,5,0,0,111,113,3,20,10,
        0,112,111,1,0,0,0,112,113,1,0,0,0,113,7,1,0,0,0,114,115,5,17,0,0,
        115,129,3,10,5,0,116,117,5,18,0,0,117,120,3,10,5,0,118,119,5,19,
        0,0,119,121,3,10,5,0,120,118,1,0,0,0,120,121,1,0,0,0,121,129,1,0,
        0,0,122,123,5,19,0,0,123,126,3,10,5,0,124,125,5,18,0,0,125,127,3,
        10,5,0,126,124,1,0,0,0,126,127,1,0,0,0,127,129,1,0,0,0,128,114,1,
        0,0,0,128,116,1,0,0,0,128,122,1,0,0,0,129,9,1,0,0,0,130,132,5,27,
        0,0,131,133,3,42,21,0,132,131,1,0,0,0,132,133,1,0,0,0,133,134,1,
        0,0,0,134,135,3,44,22,0,135,136,5,28,0,0,136,11,1,0,0,0,137,146,
        3,44,22,0,138,146,5,25,0,0,139,140,5,27,0,0,140,141,3,2,1,0,141,
        142,5,28,0,0,142,146,1,0,0,0,143,146,3,14,7,0,144,146,3,24,12,0,
        145,137,1,0,0,0,145,138,1,0,0,0,145,139,1,0,0,0,145,143,1,0,0,0,
        145,144,1,0,0,0,146,13,1,0,0,0,147,155,5,23,0,0,148,149,3,18,9,0,
        149,150,3,16,8,0,150,156,1,0,0,0,151,153,3,16,8,0,152,154,3,18,9,
        0,153,152,1,0,0,0,153,154,1,0,0,0,154,156,1,0,0,0,155,148,1,0,0,
        0,155,151,1,0,0,0,156,15,1,0,0,0,157,169,5,27,0,0,158,163,3,2,1,
        0,159,160,5,33,0,0,160,162,3,2,1,0,161,159,1,0,0,0,162,165,1,0,0,
        0,163,161,1,0,0,0,163,164,1,0,0,0,164,167,1,0,0,0,165,163,1,0,0,
        0,166,168,5,33,0,0,167,166,1,0,0,0,167,168,1,0,0,0,168,170,1,0,0,
        0,169,158,1,0,0,0,169,170,1,0,0,0,170,171,1,0,0,0,171,172,5,28,0,
        0,172,17,1,0,0,0,173,174,7,6,0,0,174,175,3,20,10,0,175,19,1,0,0,
        0,176,188,5,27,0,0,177,182,3,22,11,0,178,179,5,33,0,0,179,181,3,
        22,11,0,180,178,1,0,0,0,181,184,1,0,0,0,182,180,1,0,0,0,182,183,
        1,0,0,0,183,186,1,0,0,0,184,182,1,0,0,0,185,187,5,33,0,0,186,185,
        1,0,0,0,186,187,1,0,0,0,187,189,1,0,0,0,188,177,1,0,0,0,188,189,
        1,0,0,0,189,190,1,0,0,0,190,191,5,28,0,0,191,21,1,0,0,0,192,193,
        7,7,0,0,193,23,1,0,0,0,194,196,3,26,13,0,195,197,3,28,14,0,196,195,
        1,0,0,0,196,197,1,0,0,0,197,200,1,0,0,0,198,200,3,28,14,0,199,194,
        1,0,0,0,199,198,1,0,0,0,200,25,1,0,0,0,201,202,7,8,0,0,202,27,1,
        0,0,0,203,215,5,29,0,0,204,209,3,30,15,0,205,206,5,33,0,0,206,208,
        3,30,15,0,207,205,1,0,0,0,208,211,1,0,0,0,209,207,1,0,0,0,209,210,
        1,0,0,0,210,213,1,0,0,0,211,209,1,0,0,0,212,214,5,33,0,0,213,212,
        1,0,0,0,213,214,1,0,0,0,214,216,1,0,0,0,215,204,1,0,0,0,215,216,
        1,0,0,0,216,217,1,0,0,0,217,218,5,30,0,0,218,29,1,0,0,0,219,220,
        7,9,0,0,220,221,7,10,0,0,221,224,5,25,0,0,222,224,5,25,0,0,223,219,
        1,0,0,0,223,222,1,0,0,0,224,31,1,0,0,0,225,226,5,31,0,0,226,231,
        3,38,19,0,227,229,5,57,0,0,228,230,3,38,19,0,229,228,1,0,0,0,229,
        230,1,0,0,0,230,232,1,0,0,0,231,227,1,0,0,0,231,232,1,0,0,0,232,
        233,1,0,0,0,233,234,5,32,0,0,234,241,1,0,0,0,235,236,5,7,0,0,236,
        241,3,36,18,0,237,238,5,49,0,0,238,241,3,34,17,0,239,241,7,11,0,
        0,240,225,1,0,0,0,240,235,1,0,0,0,240,237,1,0,0,0,240,239,1,0,0,
        0,241,33,1,0,0,0,242,244,3,42,21,0,243,242,1,0,0,0,243,244,1,0,0,
        0,244,245,1,0,0,0,245,250,3,44,22,0,246,247,5,23,0,0,247,248,5,27,
        0,0,248,250,5,28,0,0,249,243,1,0,0,0,249,246,1,0,0,0,250,35,1,0,
        0,0,251,253,3,42,21,0,252,251,1,0,0,0,252,253,1,0,0,0,253,254,1,
        0,0,0,254,255,3,40,20,0,255,37,1,0,0,0,256,257,6,19,-1,0,257,262,
        3,40,20,0,258,259,3,42,21,0,259,260,3,38,19,3,260,262,1,0,0,0,261,
        256,1,0,0,0,261,258,1,0,0,0,262,274,1,0,0,0,263,264,10,4,0,0,264,
        265,5,39,0,0,265,273,3,38,19,4,266,267,10,2,0,0,267,268,7,12,0,0,
        268,273,3,38,19,3,269,270,10,1,0,0,270,271,7,1,0,0,271,273,3,38,
        19,2,272,263,1,0,0,0,272,266,1,0,0,0,272,269,1,0,0,0,273,276,1,0,
        0,0,274,272,1,0,0,0,274,275,1,0,0,0,275,39,1,0,0,0,276,274,1,0,0,
        0,277,296,3,44,22,0,278,279,5,27,0,0,279,280,3,38,19,0,280,281,5,
        28,0,0,281,296,1,0,0,0,282,283,5,23,0,0,283,292,5,27,0,0,284,289,
        3,38,19,0,285,286,5,33,0,0,286,288,3,38,19,0,287,285,1,0,0,0,288,
        291,1,0,0,0,289,287,1,0,0,0,289,290,1,0,0,0,290,293,1,0,0,0,291,
        289,1,0,0,0,292,284,1,0,0,0,292,293,1,0,0,0,293,294,1,0,0,0,294,
        296,5,28,0,0,295,277,1,0,0,0,295,278,1,0,0,0,295,282,1,0,0,0,296,
        41,1,0,0,0,297,298,7,1,0,0,298,43,1,0,0,0,299,300,7,13,0,0,300,45,
        1,0,0,0,40,54,60,92,94,98,103,105,108,112,120,126,128,132,145,153,
        155,163,167,169,182,186,188,196,199,209,213,215,223,229,231,240,
        243,249,252,261,272,274,289,292,295
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
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_expr;
    }
    public override copyFrom(ctx: ExprContext): void {
        super.copyFrom(ctx);
    }
}
export class OperandContext extends ExprContext {
    public constructor(ctx: ExprContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public primary(): PrimaryContext {
        return this.getRuleContext(0, PrimaryContext)!;
    }
    public postfix(): PostfixContext[];
    public postfix(i: number): PostfixContext | null;
    public postfix(i?: number): PostfixContext[] | PostfixContext | null {
        if (i === undefined) {
            return this.getRuleContexts(PostfixContext);
        }

        return this.getRuleContext(i, PostfixContext);
    }
}
export class UnaryContext extends ExprContext {
    public constructor(ctx: ExprContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public sign(): SignContext {
        return this.getRuleContext(0, SignContext)!;
    }
    public expr(): ExprContext {
        return this.getRuleContext(0, ExprContext)!;
    }
}
export class BinaryContext extends ExprContext {
    public _op?: Token | null;
    public constructor(ctx: ExprContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public expr(): ExprContext[];
    public expr(i: number): ExprContext | null;
    public expr(i?: number): ExprContext[] | ExprContext | null {
        if (i === undefined) {
            return this.getRuleContexts(ExprContext);
        }

        return this.getRuleContext(i, ExprContext);
    }
    public modifiers(): ModifiersContext {
        return this.getRuleContext(0, ModifiersContext)!;
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
    public ATAN2(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ATAN2, 0);
    }
    public ADD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ADD, 0);
    }
    public SUB(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SUB, 0);
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
}


export class ModifiersContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public BOOL(): antlr.TerminalNode | null {
        return this.getToken(PromQL.BOOL, 0);
    }
    public labels(): LabelsContext | null {
        return this.getRuleContext(0, LabelsContext);
    }
    public fill(): FillContext | null {
        return this.getRuleContext(0, FillContext);
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
        return PromQL.RULE_modifiers;
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
    public sign(): SignContext | null {
        return this.getRuleContext(0, SignContext);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_fillValue;
    }
}


export class PrimaryContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_primary;
    }
    public override copyFrom(ctx: PrimaryContext): void {
        super.copyFrom(ctx);
    }
}
export class NumberLiteralContext extends PrimaryContext {
    public constructor(ctx: PrimaryContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public number(): NumberContext {
        return this.getRuleContext(0, NumberContext)!;
    }
}
export class StringLiteralContext extends PrimaryContext {
    public constructor(ctx: PrimaryContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public STRING(): antlr.TerminalNode {
        return this.getToken(PromQL.STRING, 0)!;
    }
}
export class ParenthesisedContext extends PrimaryContext {
    public constructor(ctx: PrimaryContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public LEFT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.LEFT_PAREN, 0)!;
    }
    public expr(): ExprContext {
        return this.getRuleContext(0, ExprContext)!;
    }
    public RIGHT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.RIGHT_PAREN, 0)!;
    }
}
export class CalledContext extends PrimaryContext {
    public constructor(ctx: PrimaryContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public call(): CallContext {
        return this.getRuleContext(0, CallContext)!;
    }
}
export class SelectedContext extends PrimaryContext {
    public constructor(ctx: PrimaryContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public selector(): SelectorContext {
        return this.getRuleContext(0, SelectorContext)!;
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
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public metricName(): MetricNameContext | null {
        return this.getRuleContext(0, MetricNameContext);
    }
    public matchers(): MatchersContext | null {
        return this.getRuleContext(0, MatchersContext);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_selector;
    }
}


export class MetricNameContext extends antlr.ParserRuleContext {
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
    public override get ruleIndex(): number {
        return PromQL.RULE_metricName;
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
    public _op?: Token | null;
    public _value?: Token | null;
    public _name?: Token | null;
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public IDENTIFIER(): antlr.TerminalNode | null {
        return this.getToken(PromQL.IDENTIFIER, 0);
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
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_postfix;
    }
    public override copyFrom(ctx: PostfixContext): void {
        super.copyFrom(ctx);
    }
}
export class BracketedContext extends PostfixContext {
    public _range?: DurationContext;
    public _step?: DurationContext;
    public constructor(ctx: PostfixContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public LEFT_BRACKET(): antlr.TerminalNode {
        return this.getToken(PromQL.LEFT_BRACKET, 0)!;
    }
    public RIGHT_BRACKET(): antlr.TerminalNode {
        return this.getToken(PromQL.RIGHT_BRACKET, 0)!;
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
}
export class OffsetByContext extends PostfixContext {
    public constructor(ctx: PostfixContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public OFFSET(): antlr.TerminalNode {
        return this.getToken(PromQL.OFFSET, 0)!;
    }
    public offset(): OffsetContext {
        return this.getRuleContext(0, OffsetContext)!;
    }
}
export class AtContext extends PostfixContext {
    public constructor(ctx: PostfixContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public AT(): antlr.TerminalNode {
        return this.getToken(PromQL.AT, 0)!;
    }
    public timestamp(): TimestampContext {
        return this.getRuleContext(0, TimestampContext)!;
    }
}
export class ExtendedContext extends PostfixContext {
    public constructor(ctx: PostfixContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public ANCHORED(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ANCHORED, 0);
    }
    public SMOOTHED(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SMOOTHED, 0);
    }
}


export class TimestampContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public number(): NumberContext | null {
        return this.getRuleContext(0, NumberContext);
    }
    public sign(): SignContext | null {
        return this.getRuleContext(0, SignContext);
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
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public durationOperand(): DurationOperandContext {
        return this.getRuleContext(0, DurationOperandContext)!;
    }
    public sign(): SignContext | null {
        return this.getRuleContext(0, SignContext);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_offset;
    }
}


export class DurationContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_duration;
    }
    public override copyFrom(ctx: DurationContext): void {
        super.copyFrom(ctx);
    }
}
export class DurationAtomContext extends DurationContext {
    public constructor(ctx: DurationContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public durationOperand(): DurationOperandContext {
        return this.getRuleContext(0, DurationOperandContext)!;
    }
}
export class DurationUnaryContext extends DurationContext {
    public constructor(ctx: DurationContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public sign(): SignContext {
        return this.getRuleContext(0, SignContext)!;
    }
    public duration(): DurationContext {
        return this.getRuleContext(0, DurationContext)!;
    }
}
export class DurationBinaryContext extends DurationContext {
    public _op?: Token | null;
    public constructor(ctx: DurationContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public duration(): DurationContext[];
    public duration(i: number): DurationContext | null;
    public duration(i?: number): DurationContext[] | DurationContext | null {
        if (i === undefined) {
            return this.getRuleContexts(DurationContext);
        }

        return this.getRuleContext(i, DurationContext);
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
    public ADD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ADD, 0);
    }
    public SUB(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SUB, 0);
    }
}


export class DurationOperandContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_durationOperand;
    }
    public override copyFrom(ctx: DurationOperandContext): void {
        super.copyFrom(ctx);
    }
}
export class DurationLiteralContext extends DurationOperandContext {
    public constructor(ctx: DurationOperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public number(): NumberContext {
        return this.getRuleContext(0, NumberContext)!;
    }
}
export class DurationParenContext extends DurationOperandContext {
    public constructor(ctx: DurationOperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public LEFT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.LEFT_PAREN, 0)!;
    }
    public duration(): DurationContext {
        return this.getRuleContext(0, DurationContext)!;
    }
    public RIGHT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.RIGHT_PAREN, 0)!;
    }
}
export class DurationCallContext extends DurationOperandContext {
    public constructor(ctx: DurationOperandContext) {
        super(ctx.parent, ctx.invokingState);
        super.copyFrom(ctx);
    }
    public IDENTIFIER(): antlr.TerminalNode {
        return this.getToken(PromQL.IDENTIFIER, 0)!;
    }
    public LEFT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.LEFT_PAREN, 0)!;
    }
    public RIGHT_PAREN(): antlr.TerminalNode {
        return this.getToken(PromQL.RIGHT_PAREN, 0)!;
    }
    public duration(): DurationContext[];
    public duration(i: number): DurationContext | null;
    public duration(i?: number): DurationContext[] | DurationContext | null {
        if (i === undefined) {
            return this.getRuleContexts(DurationContext);
        }

        return this.getRuleContext(i, DurationContext);
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
}


export class SignContext extends antlr.ParserRuleContext {
    public constructor(parent: antlr.ParserRuleContext | null, invokingState: number) {
        super(parent, invokingState);
    }
    public ADD(): antlr.TerminalNode | null {
        return this.getToken(PromQL.ADD, 0);
    }
    public SUB(): antlr.TerminalNode | null {
        return this.getToken(PromQL.SUB, 0);
    }
    public override get ruleIndex(): number {
        return PromQL.RULE_sign;
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
