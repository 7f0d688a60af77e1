using System.Text;
using Wizer.Differential.Generation;

namespace Wizer.Differential.Components;

/// <summary>
/// Two nested components, one of which defines a resource type whose instances the other makes, lends, gives away and drops, in an
/// order that may use what is gone. What comes out is a number that all of that goes into.
/// </summary>
internal sealed class ResourceScript(Prng random)
{
    /// <summary>The name of the function that does it.</summary>
    internal const string Export = "resources";

    private const int HandleCount = 3;

    internal string Text { get; } = $$"""
          (component $Owner
            (core module $State
              (global $dropped (mut i32) (i32.const 0))
              (func (export "dtor") (param i32)
                (global.set $dropped (i32.add (i32.mul (global.get $dropped) (i32.const 31)) (local.get 0))))
              (func (export "dropped") (result i32) (global.get $dropped)))
            (core instance $state (instantiate $State))
            (type $r' (resource (rep i32) (dtor (func $state "dtor"))))
            (export $r "r" (type $r'))
            (core func $new (canon resource.new $r'))
            (core func $rep (canon resource.rep $r'))
            (core func $drop (canon resource.drop $r'))
            (core module $Main
              (import "" "new" (func $new (param i32) (result i32)))
              (import "" "rep" (func $rep (param i32) (result i32)))
              (import "" "drop" (func $drop (param i32)))
              (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
              (func (export "look") (param i32) (result i32) (local.get 0))
              (func (export "take") (param i32) (result i32) (call $rep (local.get 0)) (call $drop (local.get 0)))
              (func (export "pass") (param i32) (result i32) (local.get 0)))
            (core instance $main (instantiate $Main (with "" (instance
              (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
            (func (export "make") (param "x" u32) (result (own $r)) (canon lift (core func $main "make")))
            (func (export "look") (param "x" (borrow $r)) (result u32) (canon lift (core func $main "look")))
            (func (export "take") (param "x" (own $r)) (result u32) (canon lift (core func $main "take")))
            (func (export "pass") (param "x" (own $r)) (result (own $r)) (canon lift (core func $main "pass")))
            (func (export "dropped") (result u32) (canon lift (core func $state "dropped"))))
          (instance $owner (instantiate $Owner))
          (component $User
            (import "r" (type $r (sub resource)))
            (import "make" (func $make (param "x" u32) (result (own $r))))
            (import "look" (func $look (param "x" (borrow $r)) (result u32)))
            (import "take" (func $take (param "x" (own $r)) (result u32)))
            (import "pass" (func $pass (param "x" (own $r)) (result (own $r))))
            (import "dropped" (func $dropped (result u32)))
            (core func $make' (canon lower (func $make)))
            (core func $look' (canon lower (func $look)))
            (core func $take' (canon lower (func $take)))
            (core func $pass' (canon lower (func $pass)))
            (core func $dropped' (canon lower (func $dropped)))
            (core func $drop (canon resource.drop $r))
            (core module $Main
              (import "" "make" (func $make (param i32) (result i32)))
              (import "" "look" (func $look (param i32) (result i32)))
              (import "" "take" (func $take (param i32) (result i32)))
              (import "" "pass" (func $pass (param i32) (result i32)))
              (import "" "dropped" (func $dropped (result i32)))
              (import "" "drop" (func $drop (param i32)))
              (func (export "{{Export}}") (result i32)
                (local $sum i32) {{string.Concat(Enumerable.Range(0, HandleCount).Select(static i => $"(local $h{i} i32)"))}}
        {{Steps(random)}}
                (local.get $sum)))
            (core instance $main (instantiate $Main (with "" (instance
              (export "make" (func $make')) (export "look" (func $look')) (export "take" (func $take'))
              (export "pass" (func $pass')) (export "dropped" (func $dropped')) (export "drop" (func $drop))))))
            (func (export "{{Export}}") (result u32) (canon lift (core func $main "{{Export}}"))))
          (instance $user (instantiate $User (with "r" (type $owner "r")) (with "make" (func $owner "make"))
            (with "look" (func $owner "look")) (with "take" (func $owner "take")) (with "pass" (func $owner "pass"))
            (with "dropped" (func $owner "dropped"))))
          (export "{{Export}}" (func $user "{{Export}}"))

        """;

    private static string Steps(Prng random)
    {
        var steps = new StringBuilder();
        for (int i = 0; i < HandleCount; i++)
        {
            steps.Append($"        (local.set $h{i} (call $make (i32.const {random.Below(1000)})))\n");
        }

        for (int i = random.Between(1, 8); i > 0; i--)
        {
            string handle = $"$h{random.Below(HandleCount)}";
            string step = random.Below(10) switch
            {
                0 or 1 => $"(local.set {handle} (call $make (i32.const {random.Below(1000)})))",
                2 or 3 or 4 => Mix($"(call $look (local.get {handle}))"),
                5 => Mix($"(call $take (local.get {handle}))"),
                6 or 7 => $"(local.set {handle} (call $pass (local.get {handle})))",
                8 => $"(call $drop (local.get {handle}))",
                _ => Mix($"(local.get {handle})"),
            };
            steps.Append($"        {step} {Mix("(call $dropped)")}\n");
        }

        return steps.ToString();
    }

    private static string Mix(string value) => $"(local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) {value}))";
}
