using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>An identifier that is to be bound once its definition is complete: nothing refers to itself.</summary>
/// <param name="Id">The identifier; <see cref="TokenKind.End"/> when there is none.</param>
/// <param name="NameSymbol">The name that an annotation gives, or <see cref="Identifiers.NoSymbol"/>.</param>
internal readonly record struct Binding(Token Id, int NameSymbol)
{
    internal static Binding None { get; } = new(default, Identifiers.NoSymbol);

    internal bool HasId => Id.Kind == TokenKind.Id;
}

/// <summary>
/// Gives definitions their identifiers and finds them by those, and makes the aliases that the text leaves out: of what is
/// further out, and of the exports of instances. Component Model, Explainer: Index Spaces, Alias Definitions.
/// </summary>
/// <param name="interner">Of the whole text.</param>
internal sealed class ComponentIdentifiers(Interner interner)
{
    private readonly Identifiers _identifiers = new(new ModuleNames { Interner = interner });

    internal int Symbol(ref TokenCursor cursor, Token id) => interner.Intern(cursor.Source, id);

    /// <summary>Takes an optional identifier and an optional name.</summary>
    internal Binding TakeBinding(ref TokenCursor cursor, string category)
    {
        cursor.TryTake(TokenKind.Id, out Token id);
        _identifiers.TryTakeName(ref cursor, category, out int name);
        return new Binding(id, name);
    }

    /// <summary>Takes an optional name.</summary>
    internal int? TakeName(ref TokenCursor cursor, string category) =>
        _identifiers.TryTakeName(ref cursor, category, out int name) ? name : null;

    /// <summary>Adds an entry to an index space.</summary>
    internal uint Bind(ref TokenCursor cursor, ComponentScope scope, Sort sort, Binding binding)
    {
        IndexSpace space = scope[sort];
        uint index = space.Count;
        if (!binding.HasId)
        {
            space.Add();
        }
        else if (!space.TryAdd(Symbol(ref cursor, binding.Id)))
        {
            cursor.Fail($"duplicate {space.Category} {TokenCursor.Quote(binding.Id.Of(cursor.Source))}", binding.Id);
        }

        if (binding.NameSymbol != Identifiers.NoSymbol)
        {
            space.NameLatest(binding.NameSymbol);
        }

        return index;
    }

    /// <summary>Takes an index, by number or by name; what is further out gets an alias.</summary>
    internal uint TakeIndex(ref TokenCursor cursor, ComponentScope scope, Sort sort)
    {
        if (cursor.Kind == TokenKind.Nat)
        {
            return cursor.TakeU32();
        }

        Token id = cursor.Expect(TokenKind.Id);
        int symbol = Symbol(ref cursor, id);
        uint depth = 0;
        for (ComponentScope? outer = scope; outer is not null; outer = outer.Parent, depth++)
        {
            if (!outer[sort].TryFind(symbol, out uint index))
            {
                continue;
            }

            if (depth == 0)
            {
                return index;
            }

            if (!ComponentSorts.CanBeOuter(sort))
            {
                cursor.Fail($"outer item `{TokenCursor.Quote(id.Of(cursor.Source)[1..])}` is not a module, type, or component", id);
            }

            AddOuterAlias(scope, sort, depth, index);
            return scope[sort].Add();
        }

        cursor.Fail($"unknown {scope[sort].Category} {TokenCursor.Quote(id.Of(cursor.Source))}", id);
        return 0;
    }

    /// <summary>Takes an index of one scope only.</summary>
    internal uint TakeIndexOf(ref TokenCursor cursor, ComponentScope scope, Sort sort)
    {
        if (cursor.Kind == TokenKind.Id && !scope[sort].TryFind(Symbol(ref cursor, cursor.Current), out _))
        {
            cursor.Fail($"unknown {scope[sort].Category} {TokenCursor.Quote(cursor.Text)}");
        }

        return TakeIndex(ref cursor, scope, sort);
    }

    /// <summary>Takes an index, or a group <c>(sort index "name"…)</c>, where names are exports to alias.</summary>
    internal uint TakeRef(ref TokenCursor cursor, ComponentScope scope, Sort sort)
    {
        if (cursor.AtIndex)
        {
            return TakeIndex(ref cursor, scope, sort);
        }

        cursor.Expect(TokenKind.LeftParen);
        Token keyword = cursor.Current;
        if (ComponentSorts.Take(ref cursor, Sorts.IsCore(sort)) != sort)
        {
            cursor.Unexpected(keyword);
        }

        return TakeRefRest(ref cursor, scope, sort);
    }

    /// <summary>Takes a group <c>(sort index "name"…)</c> of any sort.</summary>
    /// <param name="cursor">At the parenthesis.</param>
    /// <param name="scope">Where the index is meant.</param>
    /// <param name="isCore">Whether only core sorts are meant, without the word <c>core</c>.</param>
    /// <param name="sort">What it is.</param>
    internal uint TakeAnyRef(ref TokenCursor cursor, ComponentScope scope, bool isCore, out Sort sort)
    {
        cursor.Expect(TokenKind.LeftParen);
        sort = ComponentSorts.Take(ref cursor, isCore);
        return TakeRefRest(ref cursor, scope, sort);
    }

    private uint TakeRefRest(ref TokenCursor cursor, ComponentScope scope, Sort sort)
    {
        uint index;
        if (cursor.Peek(1).Kind != TokenKind.String)
        {
            index = TakeIndex(ref cursor, scope, sort);
        }
        else
        {
            bool isOfCore = ComponentSorts.IsOfCoreInstance(sort);
            index = TakeIndex(ref cursor, scope, isOfCore ? Sort.CoreInstance : Sort.Instance);
            while (cursor.Kind == TokenKind.String)
            {
                // All but the last name are instances within instances, and core instances have none.
                bool isLast = isOfCore || cursor.Peek(1).Kind != TokenKind.String;
                index = AddExportAlias(ref cursor, scope, isLast ? sort : Sort.Instance, index);
                if (isOfCore)
                {
                    break;
                }
            }
        }

        cursor.Close();
        return index;
    }

    /// <summary>Takes the name of an export of an instance, or of a core instance, and adds an alias of it.</summary>
    /// <returns>The index of the alias.</returns>
    internal uint AddExportAlias(ref TokenCursor cursor, ComponentScope scope, Sort sort, uint instance)
    {
        WriteExportAlias(ref cursor, scope, sort, ComponentSorts.IsOfCoreInstance(sort), instance);
        return scope[sort].Add();
    }

    /// <summary>Takes the name of an export and writes the alias, but does not add it to its index space.</summary>
    internal void WriteExportAlias(ref TokenCursor cursor, ComponentScope scope, Sort sort, bool isOfCore, uint instance)
    {
        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        ComponentSorts.Write(output, sort);
        output.WriteByte(isOfCore ? (byte)1 : (byte)0);
        output.WriteU32(instance);
        NameTokens.Write(ref cursor, output);
        scope.Items.Add(ComponentSectionId.Alias, item.WrittenSpan);
    }

    /// <summary>Writes an alias of what is further out, but does not add it to its index space.</summary>
    internal static void AddOuterAlias(ComponentScope scope, Sort sort, uint depth, uint index)
    {
        using var item = new PooledBuffer(16);
        var output = new WasmWriter(item);
        ComponentSorts.Write(output, sort);
        output.WriteByte(2);
        output.WriteU32(depth);
        output.WriteU32(index);
        scope.Items.Add(ComponentSectionId.Alias, item.WrittenSpan);
    }
}
