using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Components;

/// <summary>What the text leaves out, beside what it means. Component Model, Explainer.</summary>
public sealed class SugarTests
{
    [Theory]

    // Exports of instances, and instances within those.
    [InlineData(
        "(import \"i\" (instance $i (export \"f\" (func)))) (export \"g\" (func $i \"f\"))",
        "(import \"i\" (instance $i (export \"f\" (func)))) (alias export $i \"f\" (func $f)) (export \"g\" (func $f))")]
    [InlineData(
        "(import \"i\" (instance $i (export \"a\" (instance (export \"f\" (func)))))) (export \"g\" (func $i \"a\" \"f\"))",
        """
        (import "i" (instance $i (export "a" (instance (export "f" (func))))))
        (alias export $i "a" (instance $a)) (alias export $a "f" (func $f)) (export "g" (func $f))
        """)]
    [InlineData(
        "(import \"i\" (instance $i (export \"m\" (core module)))) (core instance (instantiate (module $i \"m\")))",
        "(import \"i\" (instance $i (export \"m\" (core module)))) (alias export $i \"m\" (core module $m)) (core instance (instantiate $m))")]

    // Exports of core instances, with and without the word core.
    [InlineData(
        "(core module $m (func (export \"f\"))) (core instance $i (instantiate $m)) (func (canon lift (core func $i \"f\")))",
        """
        (core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (type $t (func)) (alias core export $i "f" (core func $f)) (canon lift (core func $f) (func (type $t)))
        """)]
    [InlineData(
        "(core module $m (func (export \"f\"))) (core instance $i (instantiate $m)) (core instance (export \"g\" (func $i \"f\")))",
        """
        (core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (alias core export $i "f" (core func)) (core instance (export "g" (func 0)))
        """)]

    // What stands further out.
    [InlineData(
        "(component $c) (component (instance (instantiate $c)))",
        "(component) (component (alias outer 1 0 (component)) (instance (instantiate 0)))")]
    [InlineData(
        "(core module $m) (component (component (core instance (instantiate $m))))",
        "(core module) (component (component (alias outer 2 0 (core module)) (core instance (instantiate 0))))")]
    [InlineData(
        "(type $t u8) (type (instance (export \"f\" (func (param \"x\" $t)))))",
        "(type u8) (type (instance (alias outer 1 0 (type)) (type (func (param \"x\" 0))) (export \"f\" (func (type 1)))))")]
    [InlineData(
        "(type $t u8) (component $c (alias outer $top $t (type)) (alias outer $c 0 (type)))",
        "(type u8) (component (alias outer 1 0 (type)) (alias outer 0 0 (type)))")]
    [InlineData(
        "(core type $f (func)) (core type (module (alias outer $top $f (type $g)) (import \"a\" \"b\" (func (type $g)))))",
        "(core type (func)) (core type (module (alias outer 1 0 (type)) (import \"a\" \"b\" (func (type 0)))))")]
    [InlineData(
        "(core type $f (func)) (type (component (core type (module (alias outer $top $f (type))))))",
        "(core type (func)) (type (component (core type (module (alias outer 2 0 (type))))))")]

    // Aliases the other way round.
    [InlineData(
        "(import \"i\" (instance $i (export \"t\" (type (sub resource))))) (type $t (alias export $i \"t\"))",
        "(import \"i\" (instance $i (export \"t\" (type (sub resource))))) (alias export $i \"t\" (type $t))")]
    [InlineData(
        "(core instance $i) (core memory (alias core export $i \"m\")) (core func (alias core export $i \"f\"))",
        "(core instance $i) (alias core export $i \"m\" (core memory)) (alias core export $i \"f\" (core func))")]
    [InlineData(
        "(component $c (component (alias outer $c 0)))",
        "(component $c (alias outer $c 0 (component)))")]

    // Types within types, the inner ones first.
    [InlineData(
        "(type (record (field \"a\" (list u8)) (field \"b\" (option (tuple u8 string)))))",
        "(type (list u8)) (type (tuple u8 string)) (type (option 1)) (type (record (field \"a\" 0) (field \"b\" 2)))")]
    [InlineData(
        "(type (variant (case \"a\") (case \"b\" (result (list u8) (error (list s8))))))",
        "(type (list u8)) (type (list s8)) (type (result 0 (error 1))) (type (variant (case \"a\") (case \"b\" 2)))")]
    [InlineData(
        "(import \"f\" (func (param \"x\" (map string (list u8))) (result (result (list u8 4)))))",
        """
        (type (list u8)) (type (map string 0)) (type (list u8 4)) (type (result 2))
        (type (func (param "x" 1) (result 3))) (import "f" (func (type 4)))
        """)]
    [InlineData(
        "(import \"r\" (type $r (sub resource))) (import \"f\" (func async (param \"x\" (own $r)) (result (stream (future)))))",
        """
        (import "r" (type $r (sub resource)))
        (type (own 0)) (type (future)) (type (stream 2)) (type (func async (param "x" 1) (result 3))) (import "f" (func (type 4)))
        """)]
    [InlineData(
        "(import \"i\" (instance (export \"f\" (func)))) (import \"c\" (component (import \"g\" (func (result u8)))))",
        """
        (type (instance (type (func)) (export "f" (func (type 0))))) (import "i" (instance (type 0)))
        (type (component (type (func (result u8))) (import "g" (func (type 0))))) (import "c" (component (type 1)))
        """)]
    [InlineData(
        "(import \"m\" (core module (import \"a\" \"b\" (func (param i32))) (export \"c\" (memory 1))))",
        """
        (core type (module (type (func (param i32))) (import "a" "b" (func (type 0))) (export "c" (memory 1))))
        (import "m" (core module (type 0)))
        """)]
    [InlineData(
        "(import \"f\" (func $f)) (export \"g\" (func $f) (func (result (list u8))))",
        "(import \"f\" (func $f)) (type (list u8)) (type (func (result 1))) (export \"g\" (func $f) (func (type 2)))")]
    [InlineData(
        "(core func (canon task.return (result (list u8)) string-encoding=utf16))",
        "(type (list u8)) (canon task.return (result 0) string-encoding=utf16 (core func))")]

    // Imports and exports of what is defined.
    [InlineData(
        "(func $f (import \"f\") (param \"x\" u8)) (instance (import \"i\")) (component (import \"c\")) (type (import \"t\") (sub resource))",
        """
        (import "f" (func $f (param "x" u8))) (import "i" (instance)) (import "c" (component)) (import "t" (type (sub resource)))
        """)]
    [InlineData(
        "(core module (import \"m\") (export \"x\" (func))) (func (export \"a\") (export \"b\") (import \"f\" (external-id \"e\")))",
        """
        (import "m" (core module (export "x" (func)))) (import "f" (external-id "e") (func $f))
        (export "a" (func $f)) (export "b" (func $f))
        """)]
    [InlineData(
        "(type $t (export \"t\") u8) (import \"f\" (func (param \"x\" $t)))",
        "(type $t u8) (import \"f\" (func (param \"x\" $t))) (export \"t\" (type $t))")]
    [InlineData(
        "(component (export \"c\") (core module $m (export \"m\")) (export \"n\" (core module $m)))",
        "(component $c (core module $m) (export \"n\" (core module $m)) (export \"m\" (core module $m))) (export \"c\" (component $c))")]
    [InlineData(
        "(import \"f\" (func $f)) (instance (export \"i\") (export \"g\" (func $f)))",
        "(import \"f\" (func $f)) (instance $i (export \"g\" (func $f))) (export \"i\" (instance $i))")]

    // Instances within arguments.
    [InlineData(
        "(core module $m) (core instance (instantiate $m (with \"a\" (instance)) (with \"b\" (instance (export \"x\" (instance 0))))))",
        """
        (core module $m) (core instance $a) (core instance $b (export "x" (instance 0)))
        (core instance (instantiate $m (with "a" (instance $a)) (with "b" (instance $b))))
        """)]
    [InlineData(
        "(component $c) (import \"f\" (func $f)) (instance (instantiate $c (with \"i\" (instance (export \"f\" (func $f)))) (with \"f\" (func 0))))",
        """
        (component $c) (import "f" (func $f)) (instance $i (export "f" (func $f)))
        (instance (instantiate $c (with "i" (instance $i)) (with "f" (func $f))))
        """)]

    // Canonical definitions the other way round.
    [InlineData(
        "(import \"f\" (func $f)) (core func $g (canon lower (func $f) async)) (core func (canon resource.drop 0))",
        "(import \"f\" (func $f)) (canon lower (func $f) async (core func $g)) (canon resource.drop 0 (core func))")]
    [InlineData(
        "(core func $f (canon backpressure.inc)) (func (result u8) (canon lift $f (post-return $f)))",
        "(canon backpressure.inc (core func $f)) (canon lift (core func 0) (post-return (core func 0)) (func (result u8)))")]
    public void Text_MeansWhatIsLeftOut(string sugar, string plain) =>
        Assert.Equal(Compile(plain), Compile(sugar));

    private static string Compile(string definitions) => Convert.ToHexString(Wat.Compile($"(component $top {definitions})"));
}
