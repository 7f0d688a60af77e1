using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Wizer.PublicApi.Tests;

/// <summary>
/// What an assembly shows to others, a line for each type and member, in an order that does not depend on the sources: types by
/// name, members by kind and then by text. What the compiler adds to every record is left out.
/// </summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(Header(type)).Append('\n');
            foreach (string member in Members(type))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        string name = $"{type.Namespace}.{TypeText.NameOf(type)}";
        if (type.IsEnum)
        {
            string flags = type.IsDefined(typeof(FlagsAttribute), inherit: false) ? "[Flags] " : "";
            return $"{flags}enum {name} : {TypeText.Of(type.GetEnumUnderlyingType())}";
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {Returned(invoke)} {name}({Parameters(invoke)}){Constraints(type.GetGenericArguments())}";
        }

        bool isRecord = type.GetMethod("<Clone>$", Declared) is not null
            || (type.IsValueType && type.GetMethod("PrintMembers", Declared) is not null);
        string kind = type.IsInterface ? "interface"
            : type.IsValueType ? $"{(IsReadOnly(type) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{(isRecord ? "record " : "")}struct"
            : (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")
                + (isRecord ? "record" : "class");
        string[] bases = [.. Bases(type)];
        return $"{kind} {name}{(bases.Length == 0 ? "" : " : " + string.Join(", ", bases))}{Constraints(type.GetGenericArguments())}";
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            yield return TypeText.Of(parent);
        }

        // Those of the base type, and what one interface brings along of another, say nothing new.
        Type[] all = type.GetInterfaces();
        IEnumerable<Type> implied = all.SelectMany(one => one.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []);
        foreach (string name in all.Except(implied).Where(one => one.IsPublic).Select(TypeText.Of).Order(StringComparer.Ordinal))
        {
            yield return name;
        }
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}");
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [];
        }

        return Sorted(type.GetFields(Declared).Where(IsVisible).Select(Field))
            .Concat(Sorted(type.GetConstructors(Declared).Where(one => IsVisible(one) && !(type.IsValueType && one.GetParameters().Length == 0))
                .Select(one => $"{Access(one)}{type.Name.Split('`')[0]}({Parameters(one)})")))
            .Concat(Sorted(type.GetProperties(Declared).Where(one => one.GetAccessors(nonPublic: true).Any(IsVisible) && !IsGenerated(one)).Select(Property)))
            .Concat(Sorted(type.GetEvents(Declared).Where(one => IsVisible(one.AddMethod!)).Select(one => $"event {TypeText.Of(one.EventHandlerType!)} {one.Name}")))
            .Concat(Sorted(type.GetMethods(Declared).Where(one => IsVisible(one) && !IsGenerated(one) && !IsAccessor(one)).Select(Method)));
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> lines) => lines.Order(StringComparer.Ordinal);

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || member is PropertyInfo { Name: "EqualityContract" };

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsReadOnly(Type type) => type.IsDefined(typeof(IsReadOnlyAttribute), inherit: false);

    private static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "");

    private static string Virtuality(MethodInfo method) =>
        method.DeclaringType!.IsInterface ? (method.IsAbstract ? "" : "virtual ")
        : method.IsAbstract ? "abstract "
        : !method.IsVirtual || method.IsFinal ? ""
        : method.GetBaseDefinition() != method ? "override "
        : "virtual ";

    private static string Field(FieldInfo field)
    {
        string value = field.IsLiteral ? " = " + Literal(field.GetRawConstantValue()) : "";
        string modifiers = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        return $"{(field.IsPublic ? "" : "protected ")}{modifiers}{TypeText.Of(field)} {field.Name}{value}";
    }

    private static string Property(PropertyInfo property)
    {
        MethodInfo first = property.GetAccessors(nonPublic: true).First(IsVisible);
        string get = property.GetMethod is { } getter && IsVisible(getter) ? $" {(getter.IsPublic ? "" : "protected ")}get;" : "";
        string set = "";
        if (property.SetMethod is { } setter && IsVisible(setter))
        {
            bool isInit = setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
            set = $" {(setter.IsPublic ? "" : "protected ")}{(isInit ? "init" : "set")};";
        }

        string required = property.IsDefined(typeof(RequiredMemberAttribute), inherit: false) ? "required " : "";
        string by = property.PropertyType.IsByRef ? "ref " : "";
        string name = property.GetIndexParameters().Length == 0 ? property.Name : $"this[{Parameters(property.GetIndexParameters())}]";
        return $"{Access(first)}{Virtuality(first)}{required}{by}{TypeText.Of(property)} {name} {{{get}{set} }}";
    }

    private static string Method(MethodInfo method)
    {
        Type[] arguments = method.GetGenericArguments();
        string generic = arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(argument => argument.Name))}>";
        bool isExtension = method.IsDefined(typeof(ExtensionAttribute), inherit: false);
        return $"{Access(method)}{Virtuality(method)}{Returned(method)} {method.Name}{generic}({(isExtension ? "this " : "")}{Parameters(method)}){Constraints(arguments)}";
    }

    private static string Returned(MethodInfo method) =>
        (method.ReturnType.IsByRef ? (method.ReturnParameter.IsDefined(typeof(IsReadOnlyAttribute)) ? "ref readonly " : "ref ") : "")
        + TypeText.Of(method.ReturnParameter);

    private static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        bool isParams = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));
        string scoped = parameter.IsDefined(typeof(ScopedRefAttribute)) && !isParams ? "scoped " : "";
        string by = !parameter.ParameterType.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        string value = parameter.HasDefaultValue ? " = " + Literal(parameter.DefaultValue, parameter.ParameterType) : "";
        return $"{scoped}{(isParams ? "params " : "")}{by}{TypeText.Of(parameter)} {parameter.Name}{value}";
    }

    private static string Literal(object? value, Type? type = null) => value switch
    {
        null => type is { IsValueType: true } && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        Enum constant => $"{constant.GetType().Name}.{constant}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Constraints(Type[] arguments)
    {
        var text = new StringBuilder();
        foreach (Type argument in arguments)
        {
            GenericParameterAttributes attributes = argument.GenericParameterAttributes;
            var parts = new List<string>();
            if ((attributes & GenericParameterAttributes.ReferenceTypeConstraint) != 0)
            {
                parts.Add("class");
            }

            bool isStruct = (attributes & GenericParameterAttributes.NotNullableValueTypeConstraint) != 0;
            if (isStruct)
            {
                parts.Add("struct");
            }

            parts.AddRange(argument.GetGenericParameterConstraints().Where(one => one != typeof(ValueType)).Select(TypeText.Of).Order(StringComparer.Ordinal));
            if (!isStruct && (attributes & GenericParameterAttributes.DefaultConstructorConstraint) != 0)
            {
                parts.Add("new()");
            }

            if ((attributes & GenericParameterAttributes.AllowByRefLike) != 0)
            {
                parts.Add("allows ref struct");
            }

            text.Append(parts.Count == 0 ? "" : $" where {argument.Name} : {string.Join(", ", parts)}");
        }

        return text.ToString();
    }
}
