"""Names of the invented people: common ones of the region, drawn at random, so that no entry means anybody."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _words(
    "Yuleisy Dayana Génesis Yusmary Mariángel Oriana Yajaira Nairobi Milagros Betzaida Keila Yorgelis "
    "Rosángela Andreína Daniela Carolina Gabriela Valentina Alejandra Fernanda Patricia Lorena Jessica "
    "Jennifer Katherine Stefany Johana Viviana Marisol Beatriz Teresa Gladys Nelly Maritza Yolanda Mercedes "
    "Carmen Rosa Elena Isabel Lucía Sofía Camila Natalia Paola Adriana Verónica Mónica Silvia Claudia Zuleima "
    "Yanira Deisy Leidy Yamileth Xiomara Marbelis "
)
MEN = _words(
    "Yorman Wilmer Keiver Jesús José Luis Carlos Juan Miguel Ángel Rafael Alejandro Eduardo Fernando Sergio "
    "Daniel Gabriel Andrés Víctor Héctor Julio César Óscar Ramón Enrique Alberto Antonio Francisco Guillermo "
    "Ignacio Manuel Jhonny Edwin Darwin Franklin Wilson Nelson Yeferson Anderson Brayan Kevin Robinson Leonel "
    "Orlando Freddy Rubén Gustavo Ricardo Roberto Joaquín Martín Sebastián Nicolás Mateo Santiago Esteban "
    "Cristian Jonathan "
)
SECOND_WOMEN = _words(
    "Coromoto Carolina Valle Ynés María Alejandra Isabel Beatriz Elena Teresa Cristina Andreína Josefina "
    "Margarita Milagros Rosario Lucía Eugenia Victoria Patricia Gabriela Daniela Estefanía Fernanda Marina "
    "Liliana "
)
SECOND_MEN = _words(
    "José Antonio Alberto Enrique Rafael Jesús Alexander Eduardo Manuel Daniel David Andrés Gregorio Alfonso "
    "Ramón Ignacio Armando Augusto Leonardo Rodolfo Ernesto Javier Adolfo Emilio Arturo Fabián Mauricio "
)
SURNAMES = _words(
    "Rondón Materán Briceño Urdaneta Colmenares Guédez Azuaje Zambrano Contreras Villamizar Bracamonte "
    "Chirinos Petit Sequera Yépez Ochoa Graterol Perozo Marcano Salazar Malavé Figuera Rivas Rojas Márquez "
    "Peña Quintero Parra Uzcátegui Molina Duque Cárdenas Pernía Sanabria Velasco Carvajal Ortega Jaimes "
    "Gélvez Mogollón Quispe Huamán Mamani Condori Chávez Vásquez Vargas Zúñiga Valverde Saavedra Cevallos "
    "Vélez Zapata Cedeño Intriago Moreira Macías Quiñónez Caicedo Mosquera Hinestroza Valencia Giraldo "
    "Restrepo Echeverri Bedoya Cuéllar Jiménez Hernández González Rodríguez Martínez Pérez García Fernández "
    "Gutiérrez Sánchez Ramírez Torres Díaz Suárez Gómez Núñez Muñoz Sepúlveda Fuenzalida Henríquez Riquelme "
    "Aravena Cifuentes Bustamante Barrientos Villalobos Gallardo Saldaña Benavides Becerra Cabrera Escalona "
    "Castellanos Oropeza Palacios Bermúdez Villegas Yáñez Zerpa Barreto Bello Volcán Hurtado Vivas "
)
NICKNAMES: dict[str, str] = {
    "José": "Cheo",
    "Jesús": "Chuy",
    "Francisco": "Pacho",
    "Luis": "Lucho",
    "Alberto": "Beto",
    "Enrique": "Quique",
    "Ignacio": "Nacho",
    "Juan": "Juancho",
    "Miguel": "Migue",
    "Rafael": "Rafa",
    "Alejandro": "Alejo",
    "Eduardo": "Edu",
    "Fernando": "Nando",
    "Sergio": "Checho",
    "Daniel": "Dani",
    "Gabriel": "Gabo",
    "Gabriela": "Gaby",
    "Daniela": "Dani",
    "Alejandra": "Ale",
    "Patricia": "Paty",
    "Mercedes": "Meche",
    "Beatriz": "Betty",
    "Isabel": "Chabela",
    "Teresa": "Tere",
    "Fernanda": "Fer",
}
"""Short forms that a clerk may take for the name."""

SPELLINGS: tuple[tuple[str, str], ...] = (
    ("ez", "es"),
    ("z", "s"),
    ("ll", "y"),
    ("v", "b"),
    ("y", "i"),
    ("h", ""),
    ("ge", "je"),
    ("gi", "ji"),
    ("qui", "ki"),
    ("ch", "sh"),
    ("s", "z"),
    ("b", "v"),
    ("i", "y"),
)
"""Letters that are heard alike, each as written and as another clerk writes it; tried in this order."""

CITIES: dict[str, tuple[str, ...]] = {
    "VE": ("Caracas", "Maracaibo", "San Cristóbal", "Barquisimeto"),
    "CO": ("Bogotá", "Cúcuta", "Cali", "Pasto"),
    "EC": ("Quito", "Tulcán", "Guayaquil", "Machala"),
    "PE": ("Lima", "Tumbes", "Trujillo", "Arequipa"),
    "CL": ("Santiago", "Arica", "Iquique", "Antofagasta"),
}
"""Where each country's clinics stand."""

CLINICS: dict[str, tuple[str, ...]] = {
    "VE": ("Consulta de Infectología El Samán", "Hospital Las Ceibas"),
    "CO": ("IPS Puente Claro", "Fundación Alto Frailejón"),
    "EC": ("Unidad de Atención Integral La Mariscala", "Hospital Volcán Verde"),
    "PE": ("Centro Especializado Malecón Sur", "Hospital Santa Aurelia del Mar"),
    "CL": ("Consultorio Quebrada Honda", "Hospital Cordillera Baja"),
}
"""Invented clinics; their names must never cross a border."""

DOCTORS: dict[str, tuple[tuple[str, str], ...]] = {
    "VE": (("Milagros", "Bracamonte"), ("Otto", "Villasmil")),
    "CO": (("Jimena", "Arboleda"), ("Ferney", "Castiblanco")),
    "EC": (("Soledad", "Guachamín"), ("Bolívar", "Pazmiño")),
    "PE": (("Rocío", "Llontop"), ("Américo", "Ñaupari")),
    "CL": (("Antonia", "Huenchuñir"), ("Patricio", "Undurraga")),
}
"""Invented clinicians; their names must never cross a border."""
