-- SPDX-License-Identifier: MIT
-- An order desk in the style of Northwind: quoted names with capitals and spaces.

create table "Categories"("CategoryID" serial primary key, "CategoryName" varchar(15) not null, "Picture" bytea);
create table "Suppliers"("SupplierID" serial primary key, "CompanyName" varchar(40) not null, "HomePage" text);
create table "Products" (
    "ProductID" serial primary key, "ProductName" text not null, "SupplierID" int references "Suppliers",
    "CategoryID" int references "Categories", "UnitPrice" money, "Discontinued" bool not null
);
create table "Customers"("CustomerID" char(5) primary key, "CompanyName" text not null);
create table "Employees"("EmployeeID" serial primary key, "LastName" text, "ReportsTo" int references "Employees");
create table "Orders" (
    "OrderID" serial primary key, "CustomerID" char(5) references "Customers",
    "EmployeeID" int references "Employees", "ShipVia" int
);
create table "Order Details" (
    "OrderID" int references "Orders", "ProductID" int references "Products", "Quantity" smallint not null,
    primary key("OrderID","ProductID")
);
create table "Region"("RegionID" int primary key, "RegionDescription" text);
create table "Territories"("TerritoryID" text primary key, "RegionID" int not null references "Region");
create table "EmployeeTerritories" (
    "EmployeeID" int references "Employees", "TerritoryID" text references "Territories",
    primary key("EmployeeID","TerritoryID")
);
create view "Alphabetical list of products" as select p.*, c."CategoryName" from "Products" p join "Categories" c using ("CategoryID");
create view "Customer and Suppliers by City" as select "CompanyName", 'x' as "Relationship" from "Customers";

insert into "Categories"("CategoryName", "Picture") values ('Drinks', '\x0102'); insert into "Products"("ProductName", "CategoryID", "UnitPrice", "Discontinued") values ('Tea', 1, 2.5, false); insert into "Customers" values ('ALFKI', 'Alfreds');
insert into "Employees"("LastName", "ReportsTo") values ('Fuller', null), ('Davolio', 1); insert into "Orders"("CustomerID", "EmployeeID") values ('ALFKI', 2); insert into "Order Details" values (1, 1, 7);
