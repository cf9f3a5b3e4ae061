//! Arrow tables from any library that offers the PyCapsule interface, without copying columns.
//!
//! One batch is read where it lies. Several are joined column by column, since a kernel walks one
//! stretch of memory; their dictionaries are merged in the order in which symbols first appear.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::ffi::{from_ffi, FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::types::{ArrowDictionaryKeyType, ArrowPrimitiveType, Int32Type, UInt32Type};
use arrow_array::{make_array, Array, ArrayReader, ArrayRef, StructArray};
use arrow_buffer::ScalarBuffer;
use arrow_schema::{DataType, Fields};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use crate::errors::Refusal;

/// A table that came in: its columns' types and its batches, checked by Arrow.
pub struct Table {
    argument: &'static str,
    fields: Fields,
    batches: Vec<StructArray>,
}

/// A column of symbols: each row's code, and what the codes mean.
pub struct Symbols {
    /// Distinct symbols; a code is a place among them.
    pub names: Vec<String>,
    /// One code a row.
    pub codes: ScalarBuffer<i32>,
}

impl Table {
    /// Take an argument that offers `__arrow_c_stream__` or `__arrow_c_array__`.
    pub fn take(object: &Bound<'_, PyAny>, argument: &'static str) -> Result<Self, Refusal> {
        let refused = |found: String| {
            let expected = "an Arrow table (__arrow_c_stream__ or __arrow_c_array__)";
            Refusal::new(argument, expected, found)
        };
        let (data_type, arrays) = if object.hasattr("__arrow_c_stream__").unwrap_or(false) {
            arrays_of_stream(object).map_err(refused)?
        } else if object.hasattr("__arrow_c_array__").unwrap_or(false) {
            let array = array_of(object).map_err(refused)?;
            (array.data_type().clone(), vec![array])
        } else {
            let name = object
                .get_type()
                .name()
                .map_or_else(|e| e.to_string(), |n| n.to_string());
            return Err(refused(name));
        };
        let DataType::Struct(fields) = data_type else {
            return Err(refused(format!("a column of {data_type}")));
        };
        let batches = arrays
            .iter()
            .map(|array| array.as_struct().clone())
            .collect();
        let table = Self {
            argument,
            fields,
            batches,
        };
        table.check().map_err(refused)?;
        Ok(table)
    }

    /// Return a column of numbers without nulls, read where it lies if it is in one piece.
    pub fn numbers<T: ArrowPrimitiveType>(
        &self,
        name: &str,
        wanted: &DataType,
    ) -> Result<ScalarBuffer<T::Native>, Refusal> {
        self.check_type(name, &wanted.to_string(), |found| found == wanted)?;
        let columns = self.columns(name)?;
        if let [column] = &columns[..] {
            return Ok(column.as_primitive::<T>().values().clone());
        }
        let values = columns
            .iter()
            .flat_map(|column| column.as_primitive::<T>().values());
        Ok(values.copied().collect())
    }

    /// Return a column of dictionary-encoded symbols without nulls, likewise.
    pub fn symbols(&self, name: &str) -> Result<Symbols, Refusal> {
        let wanted = "a dictionary of strings with int32 or uint32 codes";
        self.check_type(name, wanted, |found| match found {
            DataType::Dictionary(code, value) => {
                matches!(**code, DataType::Int32 | DataType::UInt32)
                    && matches!(
                        **value,
                        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
                    )
            }
            _ => false,
        })?;
        let mut chunks = Vec::new();
        for column in self.columns(name)? {
            chunks.push(self.chunk_of(name, &column)?);
        }
        if chunks.len() == 1 {
            return Ok(chunks.remove(0));
        }
        Ok(merged(&chunks))
    }

    /// Refuse rows that are null as a whole, and memory that is no sound Arrow array.
    fn check(&self) -> Result<(), String> {
        for batch in &self.batches {
            if batch.null_count() > 0 {
                return Err(format!("{} rows that are null", batch.null_count()));
            }
            batch
                .to_data()
                .validate_full()
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn named(&self, name: &str) -> String {
        format!("{}.{name}", self.argument)
    }

    fn check_type(
        &self,
        name: &str,
        wanted: &str,
        fits: impl Fn(&DataType) -> bool,
    ) -> Result<(), Refusal> {
        let found: Vec<_> = self
            .fields
            .iter()
            .filter(|field| field.name() == name)
            .collect();
        match found[..] {
            [field] if fits(field.data_type()) => Ok(()),
            [field] => Err(Refusal::new(self.named(name), wanted, field.data_type())),
            _ => {
                let names: Vec<_> = self
                    .fields
                    .iter()
                    .map(|field| field.name().as_str())
                    .collect();
                let found = format!("columns {}", names.join(", "));
                Err(Refusal::new(
                    self.named(name),
                    format!("one column of {wanted}"),
                    found,
                ))
            }
        }
    }

    /// Return a column's pieces, the empty ones left out; a null is refused with its row.
    fn columns(&self, name: &str) -> Result<Vec<ArrayRef>, Refusal> {
        let mut columns = Vec::new();
        let mut row = 0;
        for batch in self.batches.iter().filter(|batch| batch.len() > 0) {
            let column = batch
                .column_by_name(name)
                .expect("check_type saw the column");
            if let Some(null) = (0..column.len()).find(|at| column.is_null(*at)) {
                let found = format!("a null in row {}", row + null);
                return Err(Refusal::new(self.named(name), "no null", found));
            }
            row += column.len();
            columns.push(column.clone());
        }
        Ok(columns)
    }

    fn chunk_of(&self, name: &str, column: &ArrayRef) -> Result<Symbols, Refusal> {
        let chunk = match column.data_type() {
            DataType::Dictionary(code, _) if **code == DataType::Int32 => {
                decoded::<Int32Type>(column)
            }
            _ => decoded::<UInt32Type>(column),
        };
        let refused = |found| {
            Refusal::new(
                self.named(name),
                "a dictionary of distinct symbols without nulls",
                found,
            )
        };
        let chunk = chunk.map_err(refused)?;
        let distinct: std::collections::HashSet<&String> = chunk.names.iter().collect();
        if distinct.len() < chunk.names.len() {
            return Err(refused("a symbol twice".to_owned()));
        }
        Ok(chunk)
    }
}

/// Return one piece's codes, in place, and its dictionary; errors in words.
fn decoded<K: ArrowDictionaryKeyType>(column: &ArrayRef) -> Result<Symbols, String> {
    let dictionary = column.as_dictionary::<K>();
    let values = dictionary.values();
    if values.null_count() > 0 {
        return Err("a null in the dictionary".to_owned());
    }
    if i32::try_from(values.len()).is_err() {
        return Err(format!("{} symbols", values.len()));
    }
    let names = match values.data_type() {
        DataType::Utf8 => values
            .as_string::<i32>()
            .iter()
            .flatten()
            .map(str::to_owned)
            .collect(),
        DataType::LargeUtf8 => values
            .as_string::<i64>()
            .iter()
            .flatten()
            .map(str::to_owned)
            .collect(),
        _ => values
            .as_string_view()
            .iter()
            .flatten()
            .map(str::to_owned)
            .collect(),
    };
    // Codes below the count of symbols are the same bits whether they have a sign or not.
    let codes = dictionary.keys().values().inner().clone();
    Ok(Symbols {
        names,
        codes: ScalarBuffer::new(codes, 0, column.len()),
    })
}

/// Join pieces: symbols in the order in which they first appear in the dictionaries.
fn merged(chunks: &[Symbols]) -> Symbols {
    let mut places: HashMap<&str, i32> = HashMap::new();
    let mut names = Vec::new();
    let mut codes = Vec::new();
    for chunk in chunks {
        let mut moved = Vec::with_capacity(chunk.names.len());
        for name in &chunk.names {
            let place = *places.entry(name).or_insert_with(|| {
                names.push(name.clone());
                i32::try_from(names.len() - 1).expect("fewer symbols than codes")
            });
            moved.push(place);
        }
        codes.extend(chunk.codes.iter().map(|code| moved[*code as usize]));
    }
    Symbols {
        names,
        codes: codes.into(),
    }
}

/// Return the type and the arrays of what `__arrow_c_stream__` gives; errors in words.
fn arrays_of_stream(object: &Bound<'_, PyAny>) -> Result<(DataType, Vec<ArrayRef>), String> {
    let words = |error: PyErr| format!("an error from __arrow_c_stream__: {error}");
    let given = object.call_method0("__arrow_c_stream__").map_err(words)?;
    let capsule = given
        .cast::<PyCapsule>()
        .map_err(|error| error.to_string())?;
    let place = capsule
        .pointer_checked(Some(c"arrow_array_stream"))
        .map_err(words)?;
    // SAFETY: a capsule of this name holds an ArrowArrayStream as the C stream interface defines
    // it. It is moved out, which leaves a released one for the capsule's destructor.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(place.cast().as_ptr()) };
    let reader = ArrayStreamReader::try_new(stream).map_err(|error| error.to_string())?;
    let data_type = reader.field().data_type().clone();
    let arrays: Result<Vec<ArrayRef>, _> = reader.collect();
    Ok((data_type, arrays.map_err(|error| error.to_string())?))
}

/// Return the array of what `__arrow_c_array__` gives; errors in words.
fn array_of(object: &Bound<'_, PyAny>) -> Result<ArrayRef, String> {
    let words = |error: PyErr| format!("an error from __arrow_c_array__: {error}");
    let given = object.call_method0("__arrow_c_array__").map_err(words)?;
    let pair = given.cast::<PyTuple>().map_err(|error| error.to_string())?;
    let capsule = |place: usize, name| -> Result<_, String> {
        let item = pair.get_item(place).map_err(words)?;
        let capsule = item
            .cast::<PyCapsule>()
            .map_err(|error| error.to_string())?;
        capsule.pointer_checked(Some(name)).map_err(words)
    };
    let schema = capsule(0, c"arrow_schema")?;
    let array = capsule(1, c"arrow_array")?;
    // SAFETY: capsules of these names hold an ArrowSchema and an ArrowArray of that schema, as the
    // C data interface defines them; `pair` keeps both alive. The array is moved out, which leaves
    // a released one behind; the schema is only read.
    let data = unsafe {
        let array = FFI_ArrowArray::from_raw(array.cast().as_ptr());
        let schema: &FFI_ArrowSchema = schema.cast().as_ref();
        if array.is_released() {
            return Err("an array that was released before".to_owned());
        }
        from_ffi(array, schema).map_err(|error| error.to_string())?
    };
    Ok(make_array(data))
}
